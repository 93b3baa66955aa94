package oidc

import (
	"time"

	"saaskit/platform/config"
)

// NewImpatient is New with another timeout.
func NewImpatient(cfg config.Config, now func() time.Time, timeout time.Duration) *Providers {
	return newProviders(cfg, now, httpClient(timeout))
}

// Usable is usable.
var Usable = usable
