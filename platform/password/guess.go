package password

import (
	_ "embed"
	"strings"
	"unicode"
)

// The cost of a password is counted in half characters: what a guesser that knows common words, sequences and repeats still has to find.
const (
	costPiece     = 2 // a known word, a year, a sequence, or a repeat of what came before
	costFrequent  = 4 // one of the ten thousand passwords that people choose most
	costCharacter = 2 // a letter or a digit that belongs to nothing known
	costSeparator = 1 // a space or a sign
	costEnough    = 12
	shortestPiece = 3
)

//go:embed common.txt
var commonText string

var common = words(strings.Fields(commonText))

// frequentText is from the list of Dropbox's zxcvbn (MIT), made of passwords that leaked; commonText is left out of it.
//
//go:embed frequent.txt
var frequentText string

var frequent = words(strings.Fields(frequentText))

// rows are the runs that fingers make on a keyboard, besides alphabet and counting.
var rows = []string{
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
	"1234567890", "!@#$%^&*()", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
	"zaq1xsw2cde3vfr4bgt5nhy6mju7", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "147258369", "789456123", "159753",
}

var keyboard = strings.Join(append(append([]string{}, rows...), reversed(rows)...), "\n")

func reversed(rows []string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		runes := []rune(row)
		for a, b := 0, len(runes)-1; a < b; a, b = a+1, b-1 {
			runes[a], runes[b] = runes[b], runes[a]
		}
		out[i] = string(runes)
	}
	return out
}

type wordSet struct {
	known   map[string]bool
	longest int // in characters
}

func words(list []string) wordSet {
	set := wordSet{known: make(map[string]bool, len(list))}
	for _, word := range list {
		set.add(word)
	}
	return set
}

func (s *wordSet) add(word string) {
	if n := len([]rune(word)); n >= shortestPiece {
		s.known[word] = true
		s.longest = max(s.longest, n)
	}
}

// contextWords are the given texts, whole and in parts, in lower case.
func contextWords(context []string) wordSet {
	set := words(nil)
	for _, text := range context {
		text = strings.ToLower(text)
		set.add(text)
		if local, _, isAddress := strings.Cut(text, "@"); isAddress {
			set.add(local)
		}
		for _, part := range strings.FieldsFunc(text, notAlphanumeric) {
			set.add(part)
		}
	}
	return set
}

func notAlphanumeric(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// look-alikes in both readings of the signs that stand for two letters.
var (
	leetI = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "$", "s", "5", "s", "7", "t", "1", "i", "!", "i", "8", "b")
	leetL = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "$", "s", "5", "s", "7", "t", "1", "l", "!", "l", "8", "b")
)

// guessable reports whether the cheapest way to put the password together from known pieces costs too little.
func guessable(password string, context []string) bool {
	lower := strings.ToLower(password)
	text := []rune(lower)
	spellings := [][]rune{text, []rune(leetI.Replace(lower)), []rune(leetL.Replace(lower))}
	own := contextWords(context)
	cost := make([]int, len(text)+1) // cost[i]: the cheapest way to the first i characters
	for i := range cost {
		cost[i] = costCharacter * i
	}
	for i, r := range text {
		single := costCharacter
		if notAlphanumeric(r) {
			single = costSeparator
		}
		cost[i+1] = min(cost[i+1], cost[i]+single)
		reach, further := max(longestRun(text[i:]), longestRepeat(text, i), longestRow(text[i:]), longestYear(text[i:])), 0
		for _, spelling := range spellings {
			reach = max(reach, longestWord(spelling[i:], common), longestWord(spelling[i:], own))
			further = max(further, longestWord(spelling[i:], frequent))
		}
		// Any part of a run or repeat is one, and the front part of a long word is at least as easy to guess.
		for n := shortestPiece; n <= max(reach, further); n++ {
			piece := costPiece
			if n > reach {
				piece = costFrequent
			}
			cost[i+n] = min(cost[i+n], cost[i]+piece)
		}
	}
	return cost[len(text)] < costEnough
}

// longestRun is the length of the front of text whose characters all step by the same 0, 1 or -1: "aaaa", "abcd", "4321".
func longestRun(text []rune) int {
	if len(text) < shortestPiece {
		return 0
	}
	step := text[1] - text[0]
	if step < -1 || step > 1 {
		return 0
	}
	n := 2
	for n < len(text) && text[n]-text[n-1] == step {
		n++
	}
	return n
}

// longestRepeat is the length of the front of text[from:] that already starts somewhere before from.
func longestRepeat(text []rune, from int) int {
	longest := 0
	for start := range from {
		n := 0
		for from+n < len(text) && text[start+n] == text[from+n] {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

func longestRow(text []rune) int {
	n := 0
	for n < len(text) && text[n] != '\n' && strings.Contains(keyboard, string(text[:n+1])) {
		n++
	}
	return n
}

// longestYear is 4 when text begins with a year of the last or this century.
func longestYear(text []rune) int {
	const digits = 4
	if len(text) < digits || (string(text[:2]) != "19" && string(text[:2]) != "20") || !unicode.IsDigit(text[2]) || !unicode.IsDigit(text[3]) {
		return 0
	}
	return digits
}

func longestWord(text []rune, set wordSet) int {
	for n := min(len(text), set.longest); n >= shortestPiece; n-- {
		if set.known[string(text[:n])] {
			return n
		}
	}
	return 0
}
