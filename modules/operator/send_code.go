package operator

import (
	"context"
	"encoding/json"
	"fmt"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

const sealLabel = "operator/code"

// codeLetter is a sign-in code on its way. It is sealed, and to nobody when the password was wrong, so that the time that the answer takes does
// not tell.
type codeLetter struct {
	Sealed []byte `json:"sealed"`
}

// Kind implements jobs.Args.
func (codeLetter) Kind() string { return "operator_send_code" }

type sealedCode struct{ To, Code string }

// mailCodeTx has the code mailed to the address, or to nobody for "".
func (s *service) mailCodeTx(ctx context.Context, tx *db.SystemTx, to, code string) error {
	plain, err := json.Marshal(sealedCode{To: to, Code: code})
	if err != nil {
		return fmt.Errorf("write a code: %w", err)
	}
	return s.Queue.Enqueue(ctx, tx, codeLetter{Sealed: s.Secret.Seal(sealLabel, plain, nil)}, jobs.MaxAttempts(5))
}

func (s *service) sendCode(ctx context.Context, l codeLetter) error {
	plain, err := s.Secret.Open(sealLabel, l.Sealed, nil)
	if err != nil {
		return jobs.GiveUp(fmt.Errorf("open a code that waits: %w", err))
	}
	var c sealedCode
	if err := json.Unmarshal(plain, &c); err != nil {
		return jobs.GiveUp(fmt.Errorf("read a code that waits: %w", err))
	}
	if c.To == "" {
		return nil
	}
	return s.DB.System(ctx, "mail an operator's sign-in code", func(tx *db.SystemTx) error {
		return s.Mail.Send(ctx, tx, codeMail(c.To, c.Code))
	})
}
