package db

import (
	"fmt"
	"strings"
)

// verbs are the statements that the app role may run through the driver. SET, COMMIT, DO, DISCARD and the like change the
// session or end the transaction under our feet, and would carry the rest of a transaction into another tenant.
var verbs = map[string]bool{
	"SELECT": true, "INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true, "WITH": true, "VALUES": true, "TABLE": true,
	"SAVEPOINT": true, "RELEASE": true, "EXPLAIN": true, "SHOW": true,
}

// checkVerb refuses statements outside the list. It runs once per text and connection, when the statement is prepared.
func checkVerb(text string) error {
	word, rest := firstWord(text)
	if verbs[word] {
		return nil
	}
	if word == "ROLLBACK" {
		if second, _ := firstWord(rest); second == "TO" {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrStatement, word)
}

// firstWord returns the first word of the SQL text in upper case, behind comments, space and opening brackets.
func firstWord(text string) (word, rest string) {
	text = skipBlank(text)
	end := 0
	for end < len(text) && isLetter(text[end]) {
		end++
	}
	return strings.ToUpper(text[:end]), text[end:]
}

func skipBlank(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n\f\v(")
		switch {
		case strings.HasPrefix(text, "--"):
			_, text, _ = strings.Cut(text, "\n")
		case strings.HasPrefix(text, "/*"):
			text = skipComment(text)
		default:
			return text
		}
	}
}

// skipComment returns what follows a block comment; in Postgres these nest.
func skipComment(text string) string {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return text[i+1:]
		}
	}
	return ""
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
