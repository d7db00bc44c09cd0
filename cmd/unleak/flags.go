package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/typo"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/source"
	"github.com/unleak/unleak/triage"
)

// scanFlags are the flags of every command that scans.
type scanFlags struct {
	reportFlags
	configFile   string
	noRepoConfig bool
	enable       []string
	disable      []string
	ruleFiles    []string
	ignoreFiles  []string
	baseline     string
	jobs         int
	maxMemory    string
	confidence   float64
	failOn       string
	ignoreTests  bool
	noInline     bool
	decodeDepth  int
	exclude      []string
	verify       bool
	from         storeFlags
	remember     string
	siem         eventFlags
	verifyFlags

	given *pflag.FlagSet // as they stand on the command line
}

func (f *scanFlags) add(c *cobra.Command) {
	s := c.Flags()
	f.given = s
	f.reportFlags.add(c, "text")
	s.StringVarP(&f.configFile, "config", "c", "", "configuration file, over the user's own")
	s.BoolVar(&f.noRepoConfig, "no-repo-config", false, "do not honour the target's own .unleak.toml and .unleakignore")
	s.BoolVar(&f.noInline, "no-inline-allow", false, "do not honour unleak:allow comments")
	s.StringSliceVar(&f.enable, "rule", nil, "use only this rule; repeatable")
	s.StringSliceVar(&f.disable, "disable-rule", nil, "leave this rule out; repeatable")
	s.StringArrayVar(&f.ruleFiles, "rules", nil, "file or folder with rules beside the built-in ones: unleak's, gitleaks', betterleaks', Nosey Parker's, Kingfisher's or Titus'; repeatable")
	s.StringArrayVar(&f.ignoreFiles, "ignore-file", nil, "file with ignore entries; repeatable")
	s.StringVarP(&f.baseline, "baseline", "b", "", "findings in this baseline are not counted")
	s.IntVarP(&f.jobs, "jobs", "j", 0, "workers (default and 0: one a processor); results do not depend on it")
	s.StringVar(&f.maxMemory, "max-memory", "", "content held in memory at a time, such as 256M; 1M or more")
	s.Float64Var(&f.confidence, "min-confidence", 0, "leave out findings less sure than this (0 to 1)")
	s.StringVar(&f.failOn, "fail-on", "", "least severity that fails: info, low (default), medium, high, critical; or live, or none")
	s.BoolVar(&f.ignoreTests, "ignore-tests", false, "findings in test code and examples are reported and do not fail, unless live")
	s.IntVar(&f.decodeDepth, "decode-depth", detectors.DefaultDecodeDepth, "encodings within encodings that are followed; 0: none")
	s.StringSliceVar(&f.exclude, "exclude", nil, "glob of paths to leave out; repeatable")
	s.BoolVar(&f.verify, "verify", false, "ask the issuers whether what was found is live (uses the network)")
	f.verifyFlags.add(c)
	f.from.add(c)
	s.StringVar(&f.remember, "remember", "", "remember the scan in this `file`, for unleak trend")
	f.siem.add(c)
}

// addBut is add for commands to which some of the flags mean nothing.
func (f *scanFlags) addBut(c *cobra.Command, without ...string) {
	f.addSome(c, func(name string) bool { return !slices.Contains(without, name) })
}

// addOnly is add for commands to which only some of the flags mean something.
func (f *scanFlags) addOnly(c *cobra.Command, names ...string) {
	f.addSome(c, func(name string) bool { return slices.Contains(names, name) })
}

func (f *scanFlags) addSome(c *cobra.Command, wanted func(name string) bool) {
	all := &cobra.Command{}
	f.add(all)
	all.Flags().VisitAll(func(flag *pflag.Flag) {
		if wanted(flag.Name) {
			c.Flags().AddFlag(flag)
		}
	})
	f.given = c.Flags()
}

// ruleFlags are those that choose rules.
var ruleFlags = []string{"rule", "disable-rule", "rules", "min-confidence", "decode-depth"}

// settings is what flags and configuration come to.
type settings struct {
	config      config.Config
	engine      *detectors.Engine
	plan        *settle.Plan // set where findings are written while the scan goes on
	rules       []rules.Rule
	ruleFiles   []string // that were read
	notes       []string // what of them has no effect
	maxMemory   int64
	failOn      string
	ignoreTests bool
	decodeDepth int
	idKey       []byte
	ids         *triage.IDs // made with it
	today       time.Time
	replaced    []string // earlier reports, which this run's replace
	own         own      // whose files count, unless that is switched off
}

// settle reads the configuration layers, lays the flags over them and builds the engine.
func (f *scanFlags) settle(o own) (*settings, error) {
	read := o
	if f.noRepoConfig {
		read = own{}
	}
	c, err := loadConfig(f.configFile, read)
	if err != nil {
		return nil, err
	}
	c.Rules = append(c.Rules, f.ruleFiles...)
	c.Disable = append(c.Disable, f.disable...)
	c.Exclude = append(c.Exclude, f.exclude...)
	if err := source.CheckGlobs(c.Exclude); err != nil {
		return nil, fmt.Errorf("exclude: %w", err)
	}
	c.IgnoreFiles = append(c.IgnoreFiles, f.ignoreFiles...)
	if len(f.enable) > 0 {
		c.Enable = f.enable
	}
	c.Baseline = cmp.Or(f.baseline, c.Baseline)
	if f.confidence < 0 || f.confidence > 1 {
		return nil, fmt.Errorf("--min-confidence %v: want 0 to 1", f.confidence)
	}
	c.MinConfidence = max(c.MinConfidence, f.confidence)
	if f.noInline {
		c.AllowMark = noAllowMark
	}
	s := &settings{config: c, own: o, today: time.Now(), ignoreTests: f.ignoreTests, failOn: cmp.Or(cmp.Or(f.failOn, c.FailOn), "low")}
	if err := checkFailOn(s.failOn); err != nil {
		return nil, err
	}
	if s.maxMemory, err = parseBytes(f.maxMemory); err != nil {
		return nil, err
	}
	if f.maxMemory != "" && s.maxMemory < leastMemory {
		return nil, fmt.Errorf("--max-memory %s: want 1M or more", f.maxMemory)
	}
	s.idKey = idKey(c)
	s.ids = triage.NewIDs(s.idKey)
	files, err := chooseRules(c)
	if err != nil {
		return nil, err
	}
	s.rules, s.ruleFiles, s.notes = files.rules, files.read, files.notes()
	if c.Unread != "" {
		s.notes = append(s.notes, c.Unread+": what it sets does not count")
	}
	depth := f.decodeDepth
	if depth == 0 {
		depth = -1
	}
	s.decodeDepth = depth
	s.engine, err = detectors.New(s.rules, detectors.Options{
		MinConfidence: c.MinConfidence, DecodeDepth: depth, Allow: files.allow,
	})
	return s, err
}

// noAllowMark stands for no inline allows at all (scanner.Options, triage.Policy).
const noAllowMark = "-"

// idKey returns the key that finding ids are made with; none is the usual case.
func idKey(c config.Config) []byte { return []byte(cmp.Or(os.Getenv("UNLEAK_ID_KEY"), c.IDKey)) }

func unknownRule(id string, known []string) error {
	if near := typo.Nearest(id, known); near != "" {
		return fmt.Errorf("unknown rule %q (did you mean %q?)", id, near)
	}
	return fmt.Errorf("unknown rule %q (see `unleak rules list`)", id)
}

func checkFailOn(level string) error {
	if level == "live" || level == "none" {
		return nil
	}
	if _, err := finding.ParseSeverity(level); err != nil {
		return fmt.Errorf("--fail-on %q: want info, low, medium, high, critical, live or none", level)
	}
	return nil
}

// parseBytes reads a size such as 512M or 2GiB; "" is 0.
func parseBytes(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	digits := strings.TrimRight(s, "kKmMgGiIbB")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift, ok := map[string]int{"": 0, "B": 0, "K": 10, "M": 20, "G": 30}[strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(s[len(digits):]), "B"), "I")]
	if err != nil || !ok || n <= 0 || n > 1<<(62-shift) {
		return 0, fmt.Errorf("size %q: want a number with K, M or G, such as 256M", s)
	}
	return n << shift, nil
}
