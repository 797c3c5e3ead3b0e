package archtest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the documents that people read, as path and text.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	walk(t, func(rel string, data []byte) {
		if path.Ext(rel) == ".md" {
			all[rel] = string(data)
		}
	})
	for _, name := range []string{"README.md", "README.zh-CN.md", "docs/cli.md", "docs/operations.md"} {
		if all[name] == "" {
			t.Fatalf("%s is missing", name)
		}
	}
	return all
}

// fences takes code blocks out of a page and gives them apart.
func fences(text string) (prose string, code []string) {
	var kept, block []string
	inside := false
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			if inside {
				code, block = append(code, strings.Join(block, "\n")), nil
			}
			inside = !inside
		case inside:
			block = append(block, line)
		default:
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n"), code
}

var (
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	codeSpan  = regexp.MustCompile("`([^`\n]+)`")
	notAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are what the headings of a page can be linked to as.
func anchors(text string) []string {
	prose, _ := fences(text)
	var out []string
	for _, m := range heading.FindAllStringSubmatch(prose, -1) {
		out = append(out, strings.ReplaceAll(notAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return out
}

// Every relative link leads to a file, and to a heading where it names one.
func TestLinksLeadSomewhere(t *testing.T) {
	all := pages(t)
	checked := 0
	for name, text := range all {
		prose, _ := fences(text)
		for _, m := range link.FindAllStringSubmatch(prose, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			checked++
			rel := name
			if target != "" {
				rel = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join(root(t), filepath.FromSlash(rel))); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			} else if anchor != "" && !slices.Contains(anchors(all[rel]), anchor) {
				t.Errorf("%s links to %s, but %s has no such heading: %v", name, m[1], rel, anchors(all[rel]))
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d links were found", checked)
	}
}

// A path in a page is one of the repository when it begins with one of its
// directories, or is a file's name in capitals.
func repositoryPath(word string, top []string) bool {
	first, _, nested := strings.Cut(word, "/")
	if strings.ContainsAny(word, "*{…<>$ ") || !slices.Contains(top, first) {
		return false
	}
	return nested || path.Ext(word) != ""
}

// Every path of the repository that a page mentions exists.
func TestMentionedPathsExist(t *testing.T) {
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	var top []string
	for _, e := range entries {
		if !slices.Contains([]string{"bin", "out", "cache", "flows", "recordings"}, e.Name()) {
			top = append(top, e.Name())
		}
	}
	checked := 0
	for name, text := range pages(t) {
		if name == "CHANGELOG.md" {
			continue // tells of files that later went
		}
		prose, code := fences(text)
		var words []string
		for _, m := range codeSpan.FindAllStringSubmatch(prose, -1) {
			words = append(words, strings.Fields(m[1])...)
		}
		for _, block := range code {
			words = append(words, strings.Fields(block)...)
		}
		for _, w := range words {
			w = strings.Trim(strings.TrimPrefix(w, "./"), ".,;:()")
			if !repositoryPath(w, top) {
				continue
			}
			checked++
			if _, err := os.Stat(filepath.Join(root(t), filepath.FromSlash(w))); err != nil {
				t.Errorf("%s mentions %s: %v", name, w, err)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d paths were found", checked)
	}
}

var (
	named   = regexp.MustCompile("(?m)^\\| `dialwright ([a-z][a-z -]*)")
	mention = regexp.MustCompile(`(?:^|[\s/(])dialwright((?: +(?:-c +\S+|--\S+))*(?: +[a-z][a-z-]*)+)`)
)

// commands are those that docs/cli.md names, which a test of cmd/dialwright
// holds against the program; and what stands before their last word.
func commands(t *testing.T, text string) (known, groups map[string]bool) {
	t.Helper()
	known, groups = map[string]bool{"completion": true, "help": true}, map[string]bool{}
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		command, _, _ := strings.Cut(m[1], " --")
		command = strings.TrimSpace(command)
		known[command] = true
		if group, _, nested := strings.Cut(command, " "); nested {
			groups[group] = true
		}
	}
	if len(known) < 25 || len(groups) < 5 {
		t.Fatalf("docs/cli.md names only %d commands", len(known))
	}
	return known, groups
}

// Every command that a page mentions exists, and so does every target of make.
func TestMentionedCommandsExist(t *testing.T) {
	all := pages(t)
	known, groups := commands(t, all["docs/cli.md"])
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	flag := regexp.MustCompile(`-c +\S+|--\S+`)
	target := regexp.MustCompile(`(?:^|\n|; )make ([a-z][a-z-]*)`)
	for name, text := range all {
		prose, code := fences(text)
		for _, m := range codeSpan.FindAllStringSubmatch(prose, -1) {
			code = append(code, m[1])
		}
		for _, c := range code {
			for _, m := range mention.FindAllStringSubmatch(c, -1) {
				words := strings.Fields(flag.ReplaceAllString(m[1], ""))
				command := words[0]
				if groups[command] && len(words) > 1 {
					command += " " + words[1]
				}
				if !known[command] && !(groups[command] && len(words) == 1) {
					t.Errorf("%s mentions %q, which docs/cli.md does not have", name, "dialwright "+command)
				}
			}
			for _, m := range target.FindAllStringSubmatch(c, -1) {
				if !strings.Contains(string(makefile), "\n"+m[1]+":") {
					t.Errorf("%s mentions make %s, which the Makefile does not have", name, m[1])
				}
			}
		}
	}
}

// The flow in a README is the one that the language's page begins with: a
// test of dialog loads that one.
func TestReadmeFlowIsTested(t *testing.T) {
	all := pages(t)
	for readme, page := range map[string]string{"README.md": "docs/flow.md", "README.zh-CN.md": "docs/flow.zh-CN.md"} {
		found := false
		_, tested := fences(all[page])
		_, code := fences(all[readme])
		for _, block := range code {
			if strings.HasPrefix(block, "flow:") {
				found = true
				if !slices.Contains(tested, block) {
					t.Errorf("the flow in %s is none of %s", readme, page)
				}
			}
		}
		if !found {
			t.Errorf("%s shows no flow", readme)
		}
	}
}

// The figures of the demo stand in five places: as its output in docs/demo.md,
// and from there in the picture, both READMEs and docs/benchmarks.md.
func TestFiguresOfTheDemoAgree(t *testing.T) {
	all := pages(t)
	picture, err := os.ReadFile(filepath.Join(root(t), "docs", "demo.svg"))
	if err != nil {
		t.Fatal(err)
	}
	demo, _, _ := strings.Cut(all["docs/benchmarks.md"], "\n## Single parts")
	figures := regexp.MustCompile(`p50\D+(\d+)\D+(?:p95|max|最大)\D+(\d+)`)
	of := func(text string) []string {
		var out []string
		for _, line := range strings.Split(text, "\n") {
			for _, m := range figures.FindAllStringSubmatch(line, -1) {
				out = append(out, m[1]+" "+m[2])
			}
		}
		return out
	}
	want := of(all["docs/demo.md"])
	if len(want) != 3 {
		t.Fatalf("docs/demo.md has the figures %q; want three pairs", want)
	}
	for name, text := range map[string]string{"README.md": all["README.md"], "README.zh-CN.md": all["README.zh-CN.md"],
		"docs/benchmarks.md": demo, "docs/demo.svg": string(picture)} {
		if got := of(text); !slices.Equal(got, want) {
			t.Errorf("%s has the figures %q, docs/demo.md %q", name, got, want)
		}
	}
}
