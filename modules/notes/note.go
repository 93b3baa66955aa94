package notes

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"saaskit/platform/fault"
)

// Note is a text with a title. Version grows by one with each change, so that nobody overwrites what they have not seen.
type Note struct {
	ID        uuid.UUID  `json:"id" doc:"Identifies the note"`
	Title     string     `json:"title" doc:"One line, never empty" example:"Shopping"`
	Body      string     `json:"body" doc:"Plain text" example:"Milk, bread"`
	Version   int64      `json:"version" doc:"Send it back with a change" example:"1"`
	CreatedAt time.Time  `json:"created_at" doc:"When the note was written"`
	UpdatedAt time.Time  `json:"updated_at" doc:"When title or body last changed"`
	DeletedAt *time.Time `json:"deleted_at,omitempty" doc:"When the note was moved to the trash; absent otherwise"`
}

// Location is the path of the note.
func (n *Note) Location() string { return "/notes/" + n.ID.String() }

var errInvalid = fault.New(fault.Invalid, "invalid_input", "Some of the input is not valid.")

// cleanTitle returns the title without space around it. It must be one line then, and not empty.
func cleanTitle(title string) (string, error) {
	title = strings.TrimSpace(title)
	if title == "" {
		return "", errInvalid.With(fault.Field{Location: "body.title", Message: "must not be empty"})
	}
	if strings.ContainsFunc(title, breaksLine) {
		return "", errInvalid.With(fault.Field{Location: "body.title", Message: "must be one line without control characters"})
	}
	return title, nil
}

func breaksLine(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) }
