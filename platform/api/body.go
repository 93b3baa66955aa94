package api

import (
	"encoding/json"
	"mime"
	"strings"
	"unicode/utf8"

	"saaskit/platform/fault"
)

// How deep and how wide a JSON body may be.
const (
	maxDepth   = 32
	maxMembers = 10_000
)

var (
	errMediaType = fault.New(fault.Unsupported, "unsupported_media_type", "Send JSON with the header Content-Type: application/json.")
	errEncoding  = fault.New(fault.Unsupported, "unsupported_encoding", "Send the body without a Content-Encoding.")
	errBody      = fault.New(fault.Malformed, "malformed_body", "The body is not valid JSON.")
	errNoBody    = fault.New(fault.Malformed, "malformed_body", "The body is missing.")
	errDepth     = fault.New(fault.Malformed, "malformed_body", "The body is nested too deeply or has too many members.")
	errTwice     = fault.New(fault.Malformed, "malformed_body", "The body has a member twice.")
)

// checkBody refuses a body that is not plain JSON, before anything decodes it.
func checkBody(body []byte, contentType, contentEncoding string, required bool) error {
	if len(body) == 0 {
		if required {
			return errNoBody
		}
		return nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != mediaJSON {
		return errMediaType
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return errMediaType
	}
	if contentEncoding != "" && !strings.EqualFold(contentEncoding, "identity") {
		return errEncoding
	}
	// encoding/json would replace invalid UTF-8 silently, and two different passwords would become one.
	if !utf8.Valid(body) || !json.Valid(body) {
		return errBody
	}
	if err := checkShape(body); err != nil {
		return err
	}
	return checkText(body)
}

// level is one open object or array of a JSON text.
type level struct {
	object bool
	key    bool // the next string is a member's name
	names  map[string]struct{}
}

// checkShape bounds depth and members of valid JSON, and refuses a name that comes twice in one object:
// validation sees the last of them, decoding a merge of all.
func checkShape(body []byte) error {
	var open []level
	members := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if len(open) == maxDepth {
				return errDepth
			}
			open = append(open, level{object: body[i] == '{', key: body[i] == '{'})
		case '}', ']':
			open = open[:len(open)-1]
		case ',':
			if members++; members > maxMembers {
				return errDepth
			}
			open[len(open)-1].key = open[len(open)-1].object
		case '"':
			end := stringEnd(body, i)
			if len(open) > 0 && open[len(open)-1].key {
				if err := open[len(open)-1].name(body[i:end]); err != nil {
					return err
				}
			}
			i = end - 1
		}
	}
	return nil
}

// name notes the name of a member, given as a JSON string.
func (l *level) name(quoted []byte) error {
	var name string
	if err := json.Unmarshal(quoted, &name); err != nil {
		return errBody.Wrap(err)
	}
	if _, twice := l.names[name]; twice {
		return errTwice
	}
	if l.names == nil {
		l.names = map[string]struct{}{}
	}
	l.names[name] = struct{}{}
	l.key = false
	return nil
}

// stringEnd returns the index after the closing quote of the string that starts at i.
func stringEnd(body []byte, i int) int {
	for i++; body[i] != '"'; i++ {
		if body[i] == '\\' {
			i++
		}
	}
	return i + 1
}
