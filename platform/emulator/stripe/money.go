package stripe

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	// https://stripe.com/docs/currencies#zero-decimal
	withoutCents = []string{"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"}
	signs        = map[string]string{"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
)

// money spells an amount of minor units for people.
func money(amount int64, currency string) string {
	if amount < 0 {
		return "-" + money(-amount, currency)
	}
	figure := fmt.Sprintf("%d.%02d", amount/100, amount%100)
	if slices.Contains(withoutCents, currency) {
		figure = strconv.FormatInt(amount, 10)
	}
	if sign := signs[currency]; sign != "" {
		return sign + figure
	}
	return figure + " " + strings.ToUpper(currency)
}
