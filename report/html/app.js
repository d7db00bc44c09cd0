"use strict";
(() => {
  const report = JSON.parse(document.getElementById("data").textContent);
  const findings = report.findings;
  const main = document.getElementById("main");
  const severities = ["critical", "high", "medium", "low", "info"];
  const pageSize = 100, printSize = 2000, placeSize = 200;

  // el makes an element; text is never read as markup.
  function el(name, props, ...children) {
    const e = document.createElement(name);
    for (const [k, v] of Object.entries(props || {})) {
      if (v === undefined || v === null || v === false) continue;
      if (k === "class") e.className = v;
      else if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
      else e.setAttribute(k, v === true ? "" : v);
    }
    for (const c of children.flat(Infinity)) if (c !== undefined && c !== null && c !== "") e.append(c);
    return e;
  }
  const number = (n) => n.toLocaleString("en-US");
  const words = { special: "devices, sockets and pipes", submodule: "submodules", "lfs pointer": "pointers to Git LFS files", binary: "binary files",
    "repositories not read as files": ".git folders left out" };
  const plural = (n, one) => number(n) + " " + (n === 1 ? one : one + "s");
  const day = (t) => (t ? t.slice(0, 10) : "");

  function placeName(o) {
    const name = [o.path || "", ...(o.inside || [])].join("!");
    if (name) return name;
    if (o.image && o.image.field) return "image " + o.image.field;
    if (o.kind === "message") return (o.git && o.git.ref) || "commit message";
    return o.kind;
  }
  const location = (p) => placeName(p.origin) + (p.origin.kind === "name" ? " (its name)" : ":" + p.start.line + ":" + p.start.column);

  // What the table and the filters need of a finding, worked out once.
  const rows = findings.map((f, i) => {
    const rule = report.rules[f.rule] || {};
    const dates = f.places.map((p) => (p.origin.git && p.origin.git.date) || (p.origin.log && p.origin.log.time)).filter(Boolean).sort();
    const authors = f.places.filter((p) => p.origin.git && p.origin.git.author).map((p) => p.origin.git.author);
    const first = (f.exposure && f.exposure.first) || dates[0] || "";
    const r = {
      i, f, first, where: location(f.places[f.best || 0]), count: f.places.length,
      severity: f.severity, rank: severities.indexOf(f.severity), rule: f.rule, title: f.title || f.rule,
      provider: rule.provider || "other", kind: [...new Set(f.places.map((p) => p.origin.kind))],
      owner: (f.exposure && f.exposure.owner) || authors[authors.length - 1] || "",
      status: f.verdict ? f.verdict.status : "not checked", ignored: !!f.suppression, age: age(first),
    };
    r.text = [f.id, f.rule, f.title, f.secret, r.provider, r.owner, r.status, ...f.tags,
      ...f.places.slice(0, 50).map((p) => placeName(p.origin) + " " + ((p.origin.git && p.origin.git.commit + " " + p.origin.git.subject) || "") + " " + ((p.origin.image && p.origin.image.name) || ""))].join(" ").toLowerCase();
    return r;
  });

  // Ages count back from the newest date in the report, so that the same file always shows the same.
  function age(first) {
    if (!first) return "unknown";
    const days = (Date.parse(report.newest) - Date.parse(first)) / 864e5;
    if (days < 7) return "under a week";
    if (days < 31) return "under a month";
    if (days < 366) return "under a year";
    return days < 3 * 366 ? "one to three years" : "over three years";
  }
  const ages = ["under a week", "under a month", "under a year", "one to three years", "over three years", "unknown"];

  const filters = { q: "", severity: "", rule: "", provider: "", kind: "", status: "", owner: "", age: "", ignored: "no" };
  let sort = { key: "rank", down: false }, page = 0, position = [];

  function selected() {
    const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
    const out = rows.filter((r) =>
      (filters.ignored === "all" || r.ignored === (filters.ignored === "yes")) &&
      ["severity", "rule", "provider", "status", "owner", "age"].every((k) => !filters[k] || r[k] === filters[k]) &&
      (!filters.kind || r.kind.includes(filters.kind)) && words.every((w) => r.text.includes(w)));
    const k = sort.key;
    out.sort((a, b) => {
      const c = a[k] < b[k] ? -1 : a[k] > b[k] ? 1 : 0;
      return (sort.down ? -c : c) || a.i - b.i;
    });
    return out;
  }

  function countBy(list, key, order) {
    const n = new Map();
    for (const r of list) for (const v of [].concat(r[key])) if (v) n.set(v, (n.get(v) || 0) + 1);
    const out = [...n];
    out.sort(order ? (a, b) => order.indexOf(a[0]) - order.indexOf(b[0]) : (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return out;
  }

  function chart(title, key, list, order) {
    const all = countBy(list, key, order), most = 10;
    if (!all.length || (all.length === 1 && (all[0][0] === "unknown" || key === "kind"))) return null; // says nothing
    const max = Math.max(...all.map((x) => x[1]));
    const bar = ([name, n]) => {
      const fill = el("span", { class: "fill" });
      fill.style.width = (100 * n) / max + "%";
      return el("li", {}, el("button", { type: "button", "aria-label": name + ": " + plural(n, "credential") + ". Show them", onclick: () => show({ [key]: name }) },
        el("span", { class: "name" + (key === "severity" ? " severity " + name : ""), title: name }, name), el("span", { class: "track", "aria-hidden": "true" }, fill), el("span", { class: "count" }, number(n))));
    };
    return el("section", { class: "chart" }, el("h3", {}, title), el("ul", {}, all.slice(0, most).map(bar)),
      all.length > most ? el("p", { class: "soft" }, "and " + number(all.length - most) + " more") : null);
  }

  // show opens the table with one filter set.
  function show(filter) {
    Object.assign(filters, { q: "", severity: "", rule: "", provider: "", kind: "", status: "", owner: "", age: "", ignored: "no" }, filter);
    page = 0;
    if (window.location.hash === "#findings") render();
    else window.location.hash = "#findings";
  }

  function overview() {
    const active = rows.filter((r) => !r.ignored);
    const card = (label, n) => el("div", {}, el("dt", {}, label), el("dd", {}, number(n)));
    const live = active.filter((r) => r.status === "live").length;
    return [
      el("h2", {}, "Overview"), warnings(),
      el("dl", { class: "cards" }, card("credentials", active.length), card("critical or high", active.filter((r) => r.rank < 2).length), card("verified live", live),
        card("places", active.reduce((n, r) => n + r.count, 0)), card("ignored", rows.length - active.length)),
      active.length ? null : el("p", {}, "No credentials found."),
      el("div", { class: "charts" }, chart("By severity", "severity", active, severities), chart("By provider", "provider", active), chart("By kind of source", "kind", active),
        chart("By age of exposure", "age", active, ages), chart("By author", "owner", active), chart("By rule", "rule", active)),
      report.observations.length ? el("h2", {}, "Observations") : null,
      report.observations.map((o) => el("section", {}, el("h3", {}, el("span", { class: "severity " + o.severity }, o.severity), " ", o.title), el("p", {}, o.detail, " ", o.advice),
        el("p", {}, o.findings.map((id) => [link(id), " "])))),
    ];
  }

  function link(id) {
    const r = rows.find((x) => x.f.id === id);
    return r ? el("a", { href: "#finding-" + r.i }, r.title + " " + id) : el("code", {}, id);
  }

  function warnings() {
    if (report.coverage.complete) return null;
    const empty = report.coverage.bytes === 0;
    return el("p", { class: "warning" }, empty ? "Nothing was read: this says nothing about the target. " : "The scan is incomplete: what was skipped may hold more. ", el("a", { href: "#coverage" }, "What was skipped"));
  }

  function select(label, key, values, names) {
    if (values.length < 3 && !filters[key]) return null; // nothing to choose
    const s = el("select", { onchange: (e) => { filters[key] = e.target.value; page = 0; fill(); } }, values.map((v, i) => el("option", { value: v, selected: filters[key] === v }, names ? names[i] : v || "any")));
    return el("label", {}, label, s);
  }

  const columns = () => [["Severity", "rank"], ["Credential", "title"], ["Secret", ""], ["Where", "where"], ["Places", "count"], ["Since", "first"], ["Author", "owner"], ["Status", "status"]].filter(([, key]) => !optional[key] || optional[key]());
  const optional = { first: () => rows.some((r) => r.first), owner: () => rows.some((r) => r.owner), status: () => rows.some((r) => r.f.verdict) };
  let body, caption, pages, headers;

  function table() {
    const options = (key, order) => ["", ...countBy(rows, key, order).map((x) => x[0])];
    const search = el("input", { type: "search", id: "search", value: filters.q, autocomplete: "off", spellcheck: "false", oninput: (e) => { filters.q = e.target.value; page = 0; later(); } });
    headers = columns().map(([name, key]) => key ? el("th", { scope: "col", "data-key": key }, el("button", { type: "button", onclick: () => { sort = { key, down: sort.key === key && !sort.down }; fill(); } }, name)) : el("th", { scope: "col" }, name));
    body = el("tbody");
    caption = el("caption", { "aria-live": "polite" });
    pages = el("div", { class: "pages" });
    const out = [
      el("h2", {}, "Findings"), warnings(),
      el("div", { class: "filters", role: "search" }, el("label", { class: "grow" }, "Search (press / to come here)", search), select("Severity", "severity", ["", ...severities]),
        select("Provider", "provider", options("provider")), select("Rule", "rule", options("rule")), select("Source", "kind", options("kind")), select("Status", "status", options("status")),
        select("Author", "owner", options("owner")), select("Exposed", "age", options("age", ages)), select("Ignored", "ignored", ["no", "yes", "all"], ["without", "only", "with"]),
        el("button", { type: "button", class: "plain", onclick: () => show({}) }, "Clear")),
      el("div", { class: "scroll" }, el("table", {}, caption, el("thead", {}, el("tr", {}, headers)), body)), pages,
    ];
    fill();
    return out;
  }

  let timer = 0;
  function later() { clearTimeout(timer); timer = setTimeout(fill, 120); }

  function row(r) {
    return el("tr", {}, el("td", {}, el("span", { class: "severity " + r.severity }, r.severity)), el("td", {}, el("a", { href: "#finding-" + r.i }, r.title), r.ignored ? el("span", { class: "tag" }, "ignored") : null),
      el("td", {}, el("code", {}, oneLine(r.f.secret))), el("td", {}, r.where), el("td", { class: "number" }, number(r.count)), optional.first() ? el("td", { class: "number" }, day(r.first)) : null,
      optional.owner() ? el("td", {}, r.owner) : null, optional.status() ? el("td", {}, el("span", { class: r.status }, r.status)) : null);
  }
  const oneLine = (s) => s.split("\n")[0];

  function fill(all) {
    position = selected();
    const last = Math.max(0, Math.ceil(position.length / pageSize) - 1);
    page = Math.min(page, last);
    const from = all ? 0 : page * pageSize, to = Math.min(position.length, all ? printSize : from + pageSize);
    body.replaceChildren(...position.slice(from, to).map(row));
    caption.textContent = position.length ? plural(position.length, "credential") + (to - from < position.length ? ", " + number(from + 1) + " to " + number(to) + " shown" : "") : "Nothing fits these filters.";
    for (const h of headers) {
      if (h.dataset.key === sort.key) h.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else h.removeAttribute("aria-sort");
    }
    const step = (label, to, off) => el("button", { type: "button", class: "plain", disabled: off, onclick: () => { page = to; fill(); main.scrollIntoView(); } }, label);
    pages.replaceChildren(...(last ? [step("Previous", page - 1, page === 0), el("span", {}, "page " + number(page + 1) + " of " + number(last + 1)), step("Next", page + 1, page === last)] : []));
  }

  function snippet(p) {
    const bytes = new TextEncoder().encode(p.line), text = new TextDecoder();
    const cut = (a, b) => text.decode(bytes.slice(a, b));
    const { start, end } = p.mark;
    return el("pre", {}, start < end ? [cut(0, start), el("mark", {}, cut(start, end)), cut(end)] : p.line);
  }

  function placeItem(p) {
    const o = p.origin, facts = [];
    if (o.git) {
      if (o.git.commit) facts.push("commit " + o.git.commit.slice(0, 12) + (o.git.author ? " by " + o.git.author : "") + (o.git.date ? ", " + day(o.git.date) : "") + (o.git.subject ? ": " + o.git.subject : ""));
      if (o.git.at_head) facts.push("still at HEAD" + (o.git.head_path && (o.git.head_path !== o.path || o.git.head_line !== p.start.line) ? ", now at " + o.git.head_path + (o.git.head_line ? ":" + o.git.head_line : "") : ""));
      else if (o.git.unreachable) facts.push("no ref leads to it, but the repository still holds it");
      else if (o.git.removed_by) facts.push("removed by " + o.git.removed_by.slice(0, 12) + ", still in history");
      if (o.git.commits > 1) facts.push("in " + plural(o.git.commits, "commit"));
      if (o.git.paths && o.git.paths.length > 1) facts.push("also at " + o.git.paths.join(", "));
    }
    if (o.image) {
      facts.push("image " + o.image.name + (o.image.platform ? " (" + o.image.platform + ")" : "") + (o.image.layer_index >= 0 ? ", layer " + o.image.layer_index + " " + (o.image.layer || "").slice(0, 19) : ", configuration"));
      if (o.image.created_by) facts.push(o.image.created_by);
      if (o.image.removed) facts.push("not in the final file system, but anyone who pulls the image has it");
    }
    if (o.log) facts.push([o.log.time, o.log.host, o.log.unit].filter(Boolean).join(" "));
    if (p.decoded) facts.push("decoded from " + p.decoded.split(">").join(", then "));
    return el("li", {}, el("code", {}, location(p)), facts.map((t) => el("div", { class: "soft" }, t)), p.line ? snippet(p) : null);
  }

  function detail(i) {
    const r = rows[i];
    if (!r) return [el("h2", {}, "No such finding"), el("p", {}, el("a", { href: "#findings" }, "All findings"))];
    const f = r.f, rule = report.rules[f.rule] || {}, at = position.indexOf(r), e = f.exposure;
    const fact = (name, ...value) => value.some((v) => v && v.length !== 0) ? [el("dt", {}, name), el("dd", {}, value)] : [];
    const list = el("ol", { class: "places" }, f.places.slice(0, placeSize).map(placeItem));
    const rest = f.places.length - placeSize;
    const more = rest > 0 ? el("button", { type: "button", class: "plain", onclick: (ev) => { list.append(...f.places.slice(placeSize).map(placeItem)); ev.target.remove(); } }, "Show " + plural(rest, "more place")) : null;
    return [
      el("p", { class: "pages" }, el("a", { href: "#findings" }, "All findings"), at > 0 ? el("a", { href: "#finding-" + position[at - 1].i }, "Previous") : null,
        at >= 0 && at + 1 < position.length ? el("a", { href: "#finding-" + position[at + 1].i }, "Next") : null),
      el("h2", {}, el("span", { class: "severity " + f.severity }, f.severity), " ", r.title),
      el("dl", { class: "facts" }, fact("Secret", el("code", {}, f.secret)), f.parts.map((p) => fact("With " + p.name, el("code", {}, p.value))), fact("Rule", f.rule), fact("Id", f.id ? el("code", {}, f.id) : ""),
        fact("Same value", (f.same_value || []).map((id) => el("div", {}, link(id)))),
        fact("Confidence", f.confidence.toFixed(2)), fact("Tags", f.tags.map((t) => el("span", { class: "tag" }, t))), fact("Proof", f.proofs.map((p) => el("div", {}, p.kind + (p.detail ? ": " + p.detail : "")))),
        fact("Verified", f.verdict ? [el("span", { class: f.verdict.status }, f.verdict.status), f.verdict.cause ? ": " + f.verdict.cause : "", f.verdict.host ? " (asked " + f.verdict.host + ")" : ""] : ""),
        Object.entries((f.verdict && f.verdict.facts) || {}).map(([k, v]) => fact("Account: " + k, v)), fact("Stored", f.stored ? f.stored.says + (f.stored.refs.length > 1 ? " (" + f.stored.refs.map((s) => s.path + (s.key ? "#" + s.key : "") + (s.version ? " version " + s.version : "") + " in " + s.store).join("; ") + ")" : "") : ""),
        fact("Opens", rule.opens || ""),
        fact("Exposed", e && e.first ? "since " + day(e.first) + (e.now ? ", and still there" : e.last ? ", until " + day(e.last) : "") : ""), fact("Stands in", e ? e.kinds.join(", ") : ""), fact("Sources", e ? e.in.join(", ") : ""),
        fact("Last author", r.owner), fact("Ignored", f.suppression ? [f.suppression.by, " ", f.suppression.where || "", f.suppression.reason ? ": " + f.suppression.reason : ""].join("") : "")),
      rule.remediation && rule.remediation.length ? [el("h2", {}, "What to do"), el("ol", {}, rule.remediation.map((s) => el("li", {}, s)))] : null,
      el("h2", {}, plural(f.places.length, "place")), list, more,
    ];
  }

  function coverage() {
    const c = report.coverage;
    const two = (caption, head, entries) => entries.length ? el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, head.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, entries.map((x) => el("tr", {}, x.map((v) => el("td", {}, v)))))) : null;
    return [
      el("h2", {}, "Coverage"), el("p", {}, c.complete ? "Everything that was asked for was read." : c.bytes === 0 ? "Nothing was read." : "The scan is incomplete."),
      el("p", {}, "Targets: " + (report.targets.join(", ") || "none named")),
      two("Read", ["Unit", "Number"], [...Object.entries(c.counts).map(([k, v]) => [words[k] || k, number(v)]), ["bytes", number(c.bytes)]]),
      two("Skipped", ["Reason", "Number"], Object.entries(c.skipped).map(([k, v]) => [words[k] || k, number(v)])),
      two("Examples of what was skipped", ["Name", "Reason", "Detail"], c.examples.map((x) => [x.name, x.reason, x.detail || ""])),
      c.notes.length ? [el("h3", {}, "Notes"), el("ul", {}, c.notes.map((n) => el("li", {}, n)))] : null,
      Object.keys(report.summary.hidden_by).length ? two("Ignored findings", ["By", "Number"], Object.entries(report.summary.hidden_by).map(([k, v]) => [k, number(v)])) : null,
    ];
  }

  function render() {
    const hash = window.location.hash.slice(1) || "overview";
    const m = /^finding-(\d+)$/.exec(hash);
    if (!position.length) position = selected();
    const content = m ? detail(Number(m[1])) : hash === "findings" ? table() : hash === "coverage" ? coverage() : overview();
    main.replaceChildren(...content.flat(Infinity).filter(Boolean));
    for (const a of document.querySelectorAll("nav a")) {
      if (a.getAttribute("href") === "#" + (m ? "findings" : hash)) a.setAttribute("aria-current", "page");
      else a.removeAttribute("aria-current");
    }
    window.scrollTo(0, 0);
  }

  window.addEventListener("hashchange", () => { if (window.location.hash !== "#main") { render(); main.focus({ preventScroll: true }); } });
  window.addEventListener("beforeprint", () => { if (window.location.hash === "#findings") fill(true); });
  window.addEventListener("afterprint", () => { if (window.location.hash === "#findings") fill(); });
  document.addEventListener("keydown", (e) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/" && !typing) {
      e.preventDefault();
      if (window.location.hash !== "#findings") { window.location.hash = "#findings"; setTimeout(() => document.getElementById("search").focus(), 0); } else document.getElementById("search").focus();
    } else if (e.key === "Escape") {
      if (typing) e.target.blur();
      else if (window.location.hash.startsWith("#finding-")) window.location.hash = "#findings";
    } else if ((e.key === "j" || e.key === "k") && !typing) {
      const links = [...document.querySelectorAll("tbody a")];
      const at = links.indexOf(document.activeElement), to = at < 0 ? 0 : at + (e.key === "j" ? 1 : -1);
      if (links[to]) links[to].focus();
    }
  });
  document.getElementById("about").textContent = [report.targets.join(", "), "unleak " + report.tool.version, report.secrets === "shown" ? "secrets are shown" : ""].filter(Boolean).join(" · ");
  render();
})();
