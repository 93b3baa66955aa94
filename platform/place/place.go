// Package place says in words where a client address is, as far as this installation can know.
package place

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/oschwald/maxminddb-golang/v2"
)

// What is said of addresses that no database knows.
const (
	Local   = "Local network"
	Unknown = "Unknown place"
)

// carrier is the shared address space of RFC 6598: behind it are networks of providers and of companies, as behind private addresses.
var carrier = netip.MustParsePrefix("100.64.0.0/10")

// Places looks addresses up. The zero value has no database: it knows local addresses only.
type Places struct {
	mu     sync.RWMutex // Close must not run beside a lookup
	reader *maxminddb.Reader
	reason string
}

// Open returns Places that read the MaxMind database (GeoLite2 City or one of the same form) in the file. Without a file, or with one that
// cannot be read, they do without; Reason says so.
func Open(file string) *Places {
	if file == "" {
		return &Places{}
	}
	reader, err := maxminddb.Open(file)
	if err != nil {
		return &Places{reason: fmt.Sprintf("GEOIP_DATABASE cannot be read: %v", err)}
	}
	return &Places{reader: reader}
}

// On reports whether there is a database.
func (p *Places) On() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.reader != nil
}

// Reason is why the database that was named is not used; "" when it is, or when none was named.
func (p *Places) Reason() string { return p.reason }

// Kind is what the database says it is, such as "GeoLite2-City"; "" without one.
func (p *Places) Kind() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.reader == nil {
		return ""
	}
	return p.reader.Metadata.DatabaseType
}

// Close gives the database back; afterwards there is none.
func (p *Places) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reader == nil {
		return nil
	}
	reader := p.reader
	p.reader = nil
	if err := reader.Close(); err != nil {
		return fmt.Errorf("close the database of places: %w", err)
	}
	return nil
}

// record is what we read of a city or a country in the database.
type record struct {
	City    named `maxminddb:"city"`
	Country named `maxminddb:"country"`
}

type named struct {
	Names struct {
		English string `maxminddb:"en"`
	} `maxminddb:"names"`
}

// Of names the place of an address: "Berlin, Germany", "Germany", Local or Unknown. Text that is no address is Unknown.
func (p *Places) Of(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return Unknown
	}
	address = address.Unmap().WithZone("")
	if address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() || carrier.Contains(address) {
		return Local
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.reader == nil {
		return Unknown
	}
	var found record
	if err := p.reader.Lookup(address).Decode(&found); err != nil {
		return Unknown // a damaged database says nothing; the address itself is shown beside
	}
	words := make([]string, 0, 2)
	for _, name := range []named{found.City, found.Country} {
		if name.Names.English != "" {
			words = append(words, name.Names.English)
		}
	}
	if len(words) == 0 {
		return Unknown
	}
	return strings.Join(words, ", ")
}
