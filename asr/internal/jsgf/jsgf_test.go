package jsgf

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const head = "#JSGF V1.0;\ngrammar g;\n"

func TestParse(t *testing.T) {
	_, err := Parse("\ufeff#JSGF V1.0 UTF-8 en;\n" + `/* what
 can be paid */ grammar com.example.pay;
public <answer> = [I (can | will)] /2.5/ pay {pay} [<amount> dollars] | /0.5/ "no way" <day>* ; // or not
<amount> = two hundred+ {a \} brace} | <NULL> | don't;
<day> = on Friday | today;
public <other> = never;`)
	if err == nil {
		t.Fatal("a weight in the middle of a sequence was taken")
	}
	g, err := Parse("#JSGF V1.0 UTF-8 en;\n" + `/* what
 can be paid */ grammar com.example.pay;
public <answer> = /2.5/ [I (can | will)] pay {pay} [<amount> dollars] | /0.5/ "no way" <day>* ; // or not
<amount> = two hundred+ {a \} brace} | <NULL> | don't;
<day> = on Friday | today;
public <other> = never;`)
	if err != nil {
		t.Fatal(err)
	}
	if g.Root != "answer" {
		t.Errorf("root %q", g.Root)
	}
	want := strings.Fields("can dollars don't friday hundred i no on pay today two way will")
	if got := g.Words(); !slices.Equal(got, want) {
		t.Errorf("words %q; want %q", got, want)
	}
	const rules = `<x_answer> = ( /2.5/ [ ( i ( can | will ) ) ] pay [ ( <x_amount> dollars ) ] | /0.5/ no way ( <x_day> )* ) ;
<x_amount> = ( two ( hundred )+ | <NULL> | don't ) ;
<x_day> = ( on friday | today ) ;
<x_other> = ( never ) ;
`
	if got := g.Rules("x_"); got != rules {
		t.Errorf("rules\n%swant\n%s", got, rules)
	}
}

func TestRefused(t *testing.T) {
	bomb := head + "public <a0> = <a1> <a1>;\n"
	for i := 1; i < 40; i++ {
		bomb += fmt.Sprintf("<a%d> = <a%d> <a%d>;\n", i, i+1, i+1)
	}
	bomb += "<a40> = yes;"
	for name, tt := range map[string]struct{ text, says string }{
		"empty":           {"", `begins with "#JSGF V1.0;"`},
		"another version": {"#JSGF V2.0;", "only JSGF V1.0"},
		"no grammar line": {"#JSGF V1.0;\npublic <a> = yes;", "line 2, column 1: want \"grammar NAME;\""},
		"nothing public":  {head + "<a> = yes;", "no rule is public"},
		"import":          {head + "import </etc/passwd.*>;", "line 3, column 1: import is not supported"},
		"undefined":       {head + "public <a> = <b>;", "rule <b> is used but not defined"},
		"twice":           {head + "public <a> = x;\n<a> = y;", "line 4, column 1: rule <a> is defined twice"},
		"recursion":       {head + "public <a> = x <b>; <b> = y [<a>];", "a → b → a"},
		"itself":          {head + "public <a> = x | <a>;", "a → a"},
		"empty choice":    {head + "public <a> = x | ;", "line 3, column 18: want a word"},
		"open bracket":    {head + "public <a> = (x;", "want )"},
		"wrong bracket":   {head + "public <a> = (x];", "want )"},
		"open comment":    {head + "/* ", "/* is not closed"},
		"open tag":        {head + "public <a> = x {t;", "{ is not closed"},
		"weight":          {head + "public <a> = /-1/ x;", "weight /-1/"},
		"weight NaN":      {head + "public <a> = /NaN/ x;", "weight /NaN/"},
		"a stranger":      {head + "public <a> = x$;", "character '$'"},
		"quoted syntax":   {head + "public <a> = \"x; public <b> = y\";", "a character that no word has"},
		"rule name":       {head + "public <a b> = x;", "rule name"},
		"VOID":            {head + "public <a> = <VOID>;", "<VOID> is not supported"},
		"bomb":            {bomb, "more than 20000 words"},
		"deep":            {head + "public <a> = " + strings.Repeat("(", 1000) + "x", "nest deeper than 50"},
		"large":           {head + strings.Repeat(" ", MaxBytes), "bytes, at most"},
		"not UTF-8":       {head + "\xff", "not UTF-8"},
	} {
		if _, err := Parse(tt.text); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v; want %q", name, err, tt.says)
		}
	}
}

// FuzzParse: what is taken can be written, and what is written reads the same.
func FuzzParse(f *testing.F) {
	f.Add(head + "public <a> = /2/ (x|y)* [z]+ <b> {t} | <NULL>;\n<b> = \"q r\";")
	f.Add(head + "public <a> = x**++;")
	f.Add("#JSGF")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := Parse(text)
		if err != nil {
			return
		}
		plain := head + "public <root> = <p_" + g.Root + ">;\n" + g.Rules("p_")
		if len(plain) > MaxBytes {
			return
		}
		again, err := Parse(plain)
		if err != nil {
			if strings.Contains(err.Error(), "nest deeper") || strings.Contains(err.Error(), "more than") {
				return // written out, brackets and words come to a little more
			}
			t.Fatalf("%q was written as %q: %v", text, plain, err)
		}
		if !slices.Equal(again.Words(), g.Words()) {
			t.Fatalf("words %q became %q", g.Words(), again.Words())
		}
	})
}
