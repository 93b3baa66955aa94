package accounts

import (
	"time"

	"saaskit/platform/limit"
)

// Rates by client address. They are wide enough for an office behind one address.
var (
	signUpByAddress       = limit.Rate{Name: "accounts.sign-up.address", Count: 60, Per: 10 * time.Minute}
	completeByAddress     = limit.Rate{Name: "accounts.complete.address", Count: 120, Per: 10 * time.Minute}
	signInByAddress       = limit.Rate{Name: "accounts.sign-in.address", Count: 120, Per: 10 * time.Minute}
	signOutByAddress      = limit.Rate{Name: "accounts.sign-out.address", Count: 300, Per: 10 * time.Minute}
	secondFactorByAddress = limit.Rate{Name: "accounts.second-factor.address", Count: 120, Per: 10 * time.Minute}
	refreshByAddress      = limit.Rate{Name: "accounts.refresh.address", Count: 600, Per: time.Minute}
	forgotByAddress       = limit.Rate{Name: "accounts.forgot.address", Count: 60, Per: 10 * time.Minute}
	resetByAddress        = limit.Rate{Name: "accounts.reset.address", Count: 120, Per: 10 * time.Minute}
	confirmByAddress      = limit.Rate{Name: "accounts.confirm.address", Count: 120, Per: 10 * time.Minute}
)

// Rates by account: the key is the e-mail address, known or not, the token or the user.
//
// Guesses at a password are counted twice. The narrow rate is for one address at one account, so that a stranger who uses it up
// shuts out nobody but himself; the wide rate bounds guesses from many addresses, but for those that the owner signed in from before.
// Neither touches the reset of a password, and a new password starts the wide rate anew: its owner is not shut out by what was guessed before.
var (
	signUpByAccount    = limit.Rate{Name: "accounts.sign-up", Count: 5, Per: time.Hour}
	completeByToken    = limit.Rate{Name: "accounts.complete", Count: 100, Per: time.Hour}
	signInByPair       = limit.Rate{Name: "accounts.sign-in.pair", Count: 10, Per: 10 * time.Minute}
	signInByAccount    = limit.Rate{Name: "accounts.sign-in", Count: 200, Per: time.Hour}
	refreshByAccount   = limit.Rate{Name: "accounts.refresh", Count: 240, Per: time.Minute}
	forgotByAccount    = limit.Rate{Name: "accounts.forgot", Count: 5, Per: time.Hour}
	resetByToken       = limit.Rate{Name: "accounts.reset", Count: 100, Per: time.Hour}
	secondFactorByUser = limit.Rate{Name: "accounts.second-factor", Count: 10, Per: 15 * time.Minute}
	secondFactorByDay  = limit.Rate{Name: "accounts.second-factor.day", Count: 50, Per: 24 * time.Hour}
	guessedMailByUser  = limit.Rate{Name: "accounts.second-factor.mail", Count: 1, Per: 24 * time.Hour}
	changeByAccount    = limit.Rate{Name: "accounts.change", Count: 20, Per: time.Hour}
	emailByAccount     = limit.Rate{Name: "accounts.email", Count: 5, Per: time.Hour}
	emailByTarget      = limit.Rate{Name: "accounts.email.target", Count: 5, Per: time.Hour}
	confirmByToken     = limit.Rate{Name: "accounts.confirm", Count: 100, Per: time.Hour}
	createTenantsRate  = limit.Rate{Name: "accounts.tenants", Count: 20, Per: time.Hour}
)

// pairKey joins an account with a client address. The address cannot hold the separator, so no two pairs make one key.
func pairKey(ip, email string) string { return limit.Address(ip) + " " + email }

// Rates by tenant: nobody collects addresses in the product, keeps the server busy with pictures, or floods owners with mail.
var (
	slugRate   = limit.Rate{Name: "accounts.slug", Count: 20, Per: 24 * time.Hour}
	logoRate   = limit.Rate{Name: "accounts.logo", Count: 30, Per: time.Hour}
	ownersRate = limit.Rate{Name: "accounts.owners", Count: 30, Per: time.Hour}
)
