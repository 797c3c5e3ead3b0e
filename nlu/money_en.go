package nlu

// enCurrency is a unit of money.
type enCurrency struct {
	code  string // ISO 4217; "$" and "¢" depend on the region
	minor bool   // a hundredth of the unit
}

var enCurrencies = map[string]enCurrency{
	"dollar": {"$", false}, "dollars": {"$", false}, "buck": {"$", false}, "bucks": {"$", false}, "$": {"$", false},
	"cent": {"¢", true}, "cents": {"¢", true},
	"pound": {"GBP", false}, "pounds": {"GBP", false}, "quid": {"GBP", false}, "sterling": {"GBP", false}, "£": {"GBP", false},
	"pence": {"GBP", true}, "penny": {"GBP", true}, "pennies": {"¢", true}, "p": {"GBP", true},
	"euro": {"EUR", false}, "euros": {"EUR", false}, "€": {"EUR", false},
	"yuan": {"CNY", false}, "renminbi": {"CNY", false}, "rmb": {"CNY", false}, "kuai": {"CNY", false}, "yen": {"JPY", false}, "¥": {"¥", false},
	"franc": {"CHF", false}, "francs": {"CHF", false}, "rupee": {"INR", false}, "rupees": {"INR", false}, "₹": {"INR", false},
	"peso": {"MXN", false}, "pesos": {"MXN", false}, "rand": {"ZAR", false}, "dirham": {"AED", false}, "dirhams": {"AED", false},
	"ringgit": {"MYR", false}, "baht": {"THB", false}, "zloty": {"PLN", false}, "zlotys": {"PLN", false},
	"usd": {"USD", false}, "eur": {"EUR", false}, "gbp": {"GBP", false}, "cny": {"CNY", false}, "jpy": {"JPY", false}, "chf": {"CHF", false},
	"cad": {"CAD", false}, "aud": {"AUD", false}, "inr": {"INR", false}, "hkd": {"HKD", false}, "sgd": {"SGD", false}, "nzd": {"NZD", false},
}

// enDollars are the dollars that are called by their country.
var enDollars = []struct{ words, code string }{
	{"us", "USD"}, {"u s", "USD"}, {"american", "USD"}, {"canadian", "CAD"}, {"australian", "AUD"}, {"hong kong", "HKD"},
	{"singapore", "SGD"}, {"new zealand", "NZD"}, {"aussie", "AUD"},
}

// enRegionDollars and enEuroRegions say what dollars and cents are where.
var (
	enRegionDollars = map[string]string{"CA": "CAD", "AU": "AUD", "NZ": "NZD", "HK": "HKD", "SG": "SGD", "TW": "TWD", "JM": "JMD", "FJ": "FJD"}
	enEuroRegions   = wordSet("AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK")
)

// enNotes are amounts with a name of their own.
var enNotes = map[string]float64{"fiver": 5, "tenner": 10}

// enCoins are coins of the dollar.
var enCoins = map[string]float64{"dime": 0.10, "nickel": 0.05}

// enNoAmount are the words after a number that make it something else than an
// amount, a share or a rank.
var enNoAmount = wordSet("day days week weeks fortnight month months year years hour hours minute minutes second seconds oclock am pm percent % times time " +
	"people children kids moment payments payment instalments installments instalment miles kilometres kilometers pieces")

func (c enCurrency) iso(region string) string {
	switch {
	case c.code == "¢" && enEuroRegions[region]:
		return "EUR"
	case c.code == "¢" && region == "GB":
		return "GBP"
	case c.code == "¥" && region == "CN":
		return "CNY"
	case c.code == "¥":
		return "JPY"
	case c.code == "$" || c.code == "¢":
		if code := enRegionDollars[region]; code != "" {
			return code
		}
		return "USD"
	}
	return c.code
}

// currency reads the unit at i: dollars, hong kong dollars, pounds sterling.
func (w enWords) currency(i int) (c enCurrency, n int) {
	if c, ok := enCurrencies[w.at(i)]; ok {
		if w.at(i) == "p" && w.at(i+1) == "m" || w.at(i) == "rand" && i == 0 {
			return enCurrency{}, 0
		}
		if w.at(i+1) == "sterling" && c.code == "GBP" {
			return c, 2
		}
		return c, 1
	}
	for _, d := range enDollars {
		if m := w.has(i, d.words); m > 0 && w.isOne(i+m, "dollar", "dollars", "$", "bucks") {
			return enCurrency{d.code, false}, m + 1
		}
	}
	if w.isOne(i, "swiss", "british", "chinese", "indian", "japanese") {
		if c, ok := enCurrencies[w.at(i+1)]; ok && !w.isNum(i+1) {
			return c, 2
		}
	}
	return enCurrency{}, 0
}

// readMoney finds an amount. What counts as whole and as hundredth:
//
//   - a currency word in the middle parts them: "two dollars fifty", "a buck
//     fifty" and "ten pounds fifty" are 2.50, 1.50 and 10.50;
//   - without one in the middle, two numbers side by side are hundreds, as
//     people say larger amounts: "two fifty" and "two fifty dollars" are 250;
//   - hundredths by themselves are named: fifty cents, 50p.
//
// An amount needs a currency, or slang that means money only (five grand, 5k,
// a tenner), unless it was asked for.
func (in *enInput) readMoney() (enHit, bool) {
	for i := range in.w {
		if hit, ok := in.moneyAt(i); ok {
			return hit, true
		}
	}
	return enHit{}, false
}

func (in *enInput) moneyAt(i int) (enHit, bool) {
	w := in.w
	amount := func(v float64, code string, end int) (enHit, bool) {
		return enHit{Value{Number: v, Currency: code}, i, end}, true
	}
	sign := 1.0
	j := i
	if w.isOne(j, "-", "minus") && w.isSign(j+1) {
		sign, j = -1, j+1
	}
	if c, n := w.currency(j); n > 0 && !c.minor && w.isNum(j+n) { // $1,200
		if x := w.number(j+n, noPairs); x.n > 0 {
			end := j + n + x.n
			if _, again := w.currency(end); again > 0 { // $20 dollars
				end += again
			}
			return amount(sign*x.v, c.iso(in.o.Region), end)
		}
	}
	if w.insideWord(i) || w.pronoun(i) {
		return enHit{}, false
	}
	if v, n := w.oneUnit(i); v > 0 {
		if c, m := w.currency(i + n); m > 0 {
			v, end := w.hundredths(i+n+m, v, c)
			return amount(v, c.iso(in.o.Region), end)
		}
	}
	if v, n, code := w.coin(i); n > 0 {
		return amount(v, code, i+n)
	}
	return in.countedMoney(i)
}

// oneUnit reads what may stand for the number one before a unit: a, half a,
// or nothing ("dollar fifty").
func (w enWords) oneUnit(i int) (v float64, n int) {
	switch {
	case w.isOne(i, "a", "an"):
		return 1, 1
	case w.isOne(i, "dollar", "buck") && !w.isNum(i-1):
		if _, m := w.tens(i + 1); m > 0 {
			return 1, 0
		}
	case w.at(i) == "half" && w.at(i+1) == "a":
		return 0.5, 2
	}
	return 0, 0
}

// coin reads a tenner, two fivers, a dime.
func (w enWords) coin(i int) (v float64, n int, code string) {
	count := 1.0
	if t, m := w.tens(i); m > 0 {
		count, n = float64(t), m
	} else if w.at(i) == "a" {
		n = 1
	}
	word := w.at(i + n)
	if len(word) > 1 && count > 1 && word[len(word)-1] == 's' {
		word = word[:len(word)-1]
	}
	if note := enNotes[word]; note > 0 {
		return count * note, n + 1, ""
	}
	if c := enCoins[word]; c > 0 && n > 0 {
		return count * c, n + 1, "USD"
	}
	return 0, 0, ""
}

// countedMoney reads a number with its unit behind it, or alone.
func (in *enInput) countedMoney(i int) (enHit, bool) {
	w := in.w
	x := w.number(i, allPairs)
	if x.n == 0 {
		return enHit{}, false
	}
	end := i + x.n
	if w.at(end) == "of" { // half a million of dollars, a couple of pounds
		end++
	}
	if c, n := w.currency(end); n > 0 {
		v, end := w.hundredths(end+n, x.v, c)
		return enHit{Value{Number: v, Currency: c.iso(in.o.Region)}, i, end}, true
	}
	v := x.v
	if scaled, n := w.rangeScale(i, x); n > 0 {
		v = scaled
	}
	if _, after := w.until(i + x.n); after > 0 { // twenty to thirty dollars
		if c, n := w.currency(after); n > 0 {
			if c.minor {
				v /= 100
			}
			return enHit{Value{Number: v, Currency: c.iso(in.o.Region)}, i, i + x.n}, true
		}
	}
	if x.slang {
		return enHit{Value{Number: v}, i, i + x.n}, true
	}
	if _, n := w.percentAt(i + x.n); n > 0 || x.v > 0 && x.v < 1 && !w.isNum(i) || !in.o.Asked || enNoAmount[w.at(i+x.n)] || w.notMoney(i, x.n) {
		return enHit{}, false
	}
	return enHit{Value{Number: v}, i, i + x.n}, true
}

// notMoney tells whether the bare number at i is a rank, a day or an hour.
func (w enWords) notMoney(i, n int) bool {
	if _, m := w.ordinal(i); m > 0 || w.isOne(i-1, "past", "number") || w.at(i-1) == "at" && n == 1 { // half past three, at three
		return true
	}
	_, month := enMonths[w.at(i-1)]
	_, monthAfter := enMonths[w.at(i+n)]
	return month || monthAfter || w.has(i+n, "o clock") > 0 || w.isOne(i+n, "business", "working") || w.sep(i+1) == '/'
}

// hundredths adds what follows the unit c that ends before i: "and thirty
// cents", "fifty", "and a half".
func (w enWords) hundredths(i int, v float64, c enCurrency) (sum float64, end int) {
	if c.minor {
		return v / 100, i
	}
	if !enWholeNumber(v) {
		return v, i
	}
	if f, m := w.andFraction(i); m > 0 {
		return v + f, i + m
	}
	k := i
	and := w.at(k) == "and"
	if and {
		k++
	}
	cents, m := w.tens(k)
	if w.isNum(k) && len(w[k].s) <= 2 {
		f, _ := w.figure(k)
		cents, m = int(f), 1
	} else if w.isOne(k, "oh", "o") {
		if d, more := w.tens(k + 1); more > 0 && d < 10 {
			cents, m = d, 2
		}
	}
	if m == 0 || cents == 0 {
		return v, i
	}
	unit, un := w.currency(k + m)
	named := un > 0 && unit.minor
	_, share := w.percentAt(k + m)
	s, _ := w.scaleAt(k + m)
	loose := !and && (cents >= 10 || m == 2) && un == 0 && share == 0 && s == 0 && !enNoAmount[w.at(k+m)] && w.at(k+m) != "hundred"
	if !named && !loose {
		return v, i
	}
	if !named {
		un = 0
	}
	return v + float64(cents)/100, k + m + un
}
