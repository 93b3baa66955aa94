package password_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"saaskit/platform/fault"
	"saaskit/platform/password"
)

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// A3: what is refused, and how the answer names it.
func TestA3_WeakPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	context := []string{"anna.smith+work@example.com", "Anna-Maria Schmidt", "SaaSKit"}
	for text, want := range map[string]string{
		"":                                  "password_too_short",
		"Tr0ub4dor&3":                       "password_too_short",
		"vexing-otter-l":                    "password_too_short", // 14
		strings.Repeat("\u00e9", 14):        "password_too_short", // characters, not bytes
		strings.Repeat("e\u0301", 14):       "password_too_short", // 14 characters, decomposed
		strings.Repeat("a", 15):             "password_too_common",
		strings.Repeat(" ", 20):             "password_too_common",
		"abcabcabcabcabcabc":                "password_too_common",
		"abcdefghijklmnop":                  "password_too_common",
		"zyxwvutsrqponmlk":                  "password_too_common",
		"123456789012345":                   "password_too_common",
		"987654321098765":                   "password_too_common",
		"qwertyuiopasdfgh":                  "password_too_common",
		"1qaz2wsx3edc4rfv":                  "password_too_common",
		"1q2w3e4r5t6y7u8i":                  "password_too_common",
		"passwordpassword":                  "password_too_common",
		"Password12345678":                  "password_too_common",
		"P@ssw0rdP@ssw0rd!":                 "password_too_common",
		"password password password":        "password_too_common",
		"letmeinletmein123":                 "password_too_common",
		"iloveyouiloveyou1":                 "password_too_common",
		"qwerty123456789!":                  "password_too_common",
		"administrator2024":                 "password_too_common",
		"correcthorsebatterystaple":         "password_too_common",
		"correct horse battery staple":      "password_too_common",
		"anna.smith+work@example.com":       "password_too_common",
		"Anna.Smith+Work":                   "password_too_common",
		"saaskit saaskit saaskit":           "password_too_common",
		"SaaSKit-password-1":                "password_too_common",
		"schmidt-schmidt-1":                 "password_too_common",
		"starsky2024starsky2024":            "password_too_common",
		"goldfinger goldfinger":             "password_too_common",
		"Thunderbird1987":                   "password_too_common",
		"nemvxyheqdd5oqxyxyzi":              "password_too_common",
		strings.Repeat("x y ", 64) + "z":    "password_too_long",
		strings.Repeat("correct horse", 99): "password_too_long",
	} {
		err := password.Check(text, context...)
		if code(err) != want {
			t.Errorf("%q: %v, want %s", text, err, want)
			continue
		}
		if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Location != "body.password" || f.Kind != fault.Invalid {
			t.Errorf("%q: %+v does not name the field", text, f)
		}
	}
}

// A3: none of the passwords that people choose most, however it is made long enough.
func TestA3_FrequentPasswordsAreRefusedAtAnyLength(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("frequent.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(string(raw))
	if len(list) < 9000 {
		t.Fatalf("only %d passwords", len(list))
	}
	for i := 0; i < len(list); i += 20 {
		for _, tail := range []string{"", "!", "2024", "123456789"} {
			text := list[i] + tail
			for len(text) < password.MinLength {
				text += list[i] + tail
			}
			if code(password.Check(text)) != "password_too_common" {
				t.Errorf("%q is accepted", text)
			}
		}
	}
}

// A3: what is accepted: any characters, long ones, no composition rule.
func TestA3_GoodPasswordsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"vexing otter lamp",
		"vexingotterlampy",
		"  vexing otter lamp  ",
		"kumquat\x00drizzle\x00oboe",
		"ghtpwqzlmvbxkcd",
		"8301749265203857",
		"пароль из пяти слов",
		"五つの言葉でできた秘密の合言葉だよ",
		"🦊🎻🌋🧊🪁🛶🧵🥨🦉🗿🎲🧲🫖🪕🛸",
		"monkey zeppelin drizzle oboe",
		"H7#kd9$Lq2!vXz8%",
		strings.Repeat("vexing otter lamp oboe! ", 10),
	} {
		if err := password.Check(text, "anna@example.com", "SaaSKit"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("vexing otter lamp", "anna@example.com")
	f.Add("\xff\xfe\x00aaaaaaaaaaaaaaaaaaa", "\xff@\x00")
	f.Fuzz(func(t *testing.T, text, context string) {
		if err := password.Check(text, context); err != nil && code(err) == "" {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
