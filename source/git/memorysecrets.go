package git

// encodeSecrets writes rules, secrets and lists.
func (m *memory) encodeSecrets(put func(int), text func(string)) {
	rules := map[string]int{}
	var names []string
	for _, r := range m.secrets {
		if _, ok := rules[r]; !ok {
			rules[r] = len(names)
			names = append(names, r)
		}
	}
	put(len(names))
	for _, n := range names {
		put(len(n))
		text(n)
	}
	put(len(m.secrets))
	for _, r := range m.secrets {
		put(rules[r])
	}
	put(len(m.lists))
	for _, list := range m.lists {
		put(len(list))
		for _, s := range list {
			put(int(s))
		}
	}
}

// secrets reads them.
func (r *memoryReader) secrets(m *memory) {
	rules := make([]string, r.count(1))
	for i := range rules {
		rules[i] = string(r.take(r.count(1)))
	}
	m.secrets = make([]string, r.count(1))
	for i := range m.secrets {
		if n := r.number(len(rules)); !r.bad {
			m.secrets[i] = rules[n]
		}
	}
	m.lists = make([][]int32, r.count(1))
	for i := range m.lists {
		m.lists[i] = make([]int32, r.count(1))
		for k := range m.lists[i] {
			m.lists[i][k] = r.number(len(m.secrets))
		}
		if r.bad {
			return
		}
	}
}
