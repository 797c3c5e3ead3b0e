# Draws docs/demo.svg from what a run of the demo printed:
#
#   bin/dialwright demo | tee out/demo.txt
#   awk -f docs/demo.awk out/demo.txt > docs/demo.svg
#
# Progress and table are cut short (⋮); docs/demo.md has them whole.

function esc(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/ /, "\302\240", s); return s }
function ink(s, colour) { return s == "" ? "" : "<tspan fill=\"" colour "\">" esc(s) "</tspan>" }
function put(s) {
	texts[++n] = s
	if (length(s) > width) width = length(s)
}
function cut() { if (texts[n] != "⋮") put("⋮") }

# One line of the picture. Plain, dim, good, figure, bright and progress are
# its colours.
function draw(s,    at) {
	if (s ~ /^\$/) return ink("$", dim) ink(substr(s, 2), bright)
	if (s == "⋮" || s ~ /^CUSTOMER/) return ink(s, dim)
	if (s ~ /^ *[0-9]+ s  /) return ink(s, progress)
	if (match(s, / … .*$/)) return ink(substr(s, 1, RSTART - 1), plain) ink(substr(s, RSTART), dim)
	if (s ~ /^[0-9]+ customers/) return ink(s, bright)
	if (s ~ / ok$/) return ink(substr(s, 1, length(s) - 2), plain) ink("ok", good)
	if (match(s, /^truth +/)) return ink(substr(s, 1, RLENGTH), plain) ink(substr(s, RLENGTH + 1), good)
	if (match(s, /^(words|end|interruption|transcript)[a-z ]+  +/)) {
		at = RLENGTH
		if (match(s, /    +[0-9]+ (turns|times).*$/))
			return ink(substr(s, 1, at), plain) ink(substr(s, at + 1, RSTART - at - 1), figure) ink(substr(s, RSTART), dim)
		return ink(substr(s, 1, at), plain) ink(substr(s, at + 1), figure)
	}
	return ink(s, plain)
}

BEGIN {
	plain = "#d6dbe1"; dim = "#8b949e"; good = "#7ee787"; figure = "#e3b341"; bright = "#ffffff"; progress = "#79c0ff"
	split("willing eager wants-a-human second-time-lucky who-is-it impatient one-trunk-jammed call-tomorrow opting-out silent " \
		"hangs-up-mid-sentence voicemail always-busy not-in-service zh-agrees zh-human zh-opt-out", names, " ")
	for (i in names) shown[names[i]] = 1
	part = "start"
	put("$ bin/dialwright demo")
}
/^ *[0-9]+ s  / { seconds = $1; part = "progress" }
/^CUSTOMER /    { part = "table"; put($0); next }
/^[0-9]+ customers, / { part = "figures" }
part == "start" { put($0); next }
part == "progress" { if (seconds >= 28 && seconds < 48) put($0); else cut(); next }
part == "table" { if ($1 in shown) put($0); else if ($0 != "") hidden = 1; next }
part == "figures" {
	if (hidden) { cut(); hidden = 0 }
	if ($0 == "") { exit }
	put($0)
}

END {
	if (part != "figures") { print "docs/demo.awk: this is not the output of a whole demo" > "/dev/stderr"; exit 1 }
	w = int(36 + width * 8.43); h = 66 + n * 18
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t d\">\n", w, h, w, h
	print "<title id=\"t\">A run of the demo in a terminal</title>"
	print "<desc id=\"d\">Progress, one line for each simulated customer with what became of the call, and the measured figures; demo.md has all of it as text.</desc>"
	printf "<rect width=\"%d\" height=\"%d\" rx=\"9\" fill=\"#15191e\"/>\n", w, h
	printf "<path d=\"M0 9a9 9 0 0 1 9-9h%da9 9 0 0 1 9 9v23H0z\" fill=\"#262c33\"/>\n", w - 18
	print "<circle cx=\"20\" cy=\"16\" r=\"6\" fill=\"#ff5f57\"/><circle cx=\"40\" cy=\"16\" r=\"6\" fill=\"#febc2e\"/><circle cx=\"60\" cy=\"16\" r=\"6\" fill=\"#28c840\"/>"
	print "<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace\" font-size=\"14\">"
	for (i = 1; i <= n; i++) printf "<text x=\"18\" y=\"%d\">%s</text>\n", 36 + i * 18, draw(texts[i])
	print "</g>\n</svg>"
}
