package invitations

import (
	"time"

	"saaskit/platform/limit"
)

// Rates by client address. They are wide enough for an office behind one address.
var (
	openByAddress   = limit.Rate{Name: "invitations.open.address", Count: 120, Per: 10 * time.Minute}
	acceptByAddress = limit.Rate{Name: "invitations.accept.address", Count: 60, Per: 10 * time.Minute}
)

// Rates of mails: of a tenant, of who sends them in whatever tenant, and to one address from whomever.
var (
	mailsByTenant    = limit.Rate{Name: "invitations.mails.tenant", Count: 300, Per: 24 * time.Hour}
	mailsByInviter   = limit.Rate{Name: "invitations.mails.inviter", Count: 200, Per: 24 * time.Hour}
	mailsByRecipient = limit.Rate{Name: "invitations.mails.recipient", Count: 10, Per: 24 * time.Hour}
)

var (
	acceptByToken  = limit.Rate{Name: "invitations.accept", Count: 100, Per: time.Hour}
	joinByPerson   = limit.Rate{Name: "invitations.join", Count: 30, Per: time.Hour}
	verifyByTenant = limit.Rate{Name: "invitations.verify", Count: 60, Per: time.Hour}
)

// What a tenant may have at once.
const (
	maxWaiting = 500 // invitations neither accepted nor revoked
	maxDomains = 20
)
