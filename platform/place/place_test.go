package place_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"saaskit/platform/place"
)

// database writes one with a city, a country without a city and a network that has neither.
func database(t *testing.T) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "GeoLite2-City", RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	name := func(text string) mmdbtype.Map {
		return mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(text), "de": mmdbtype.String("anders")}}
	}
	for network, record := range map[string]mmdbtype.Map{
		"203.0.113.0/24":    {"city": name("Berlin"), "country": name("Germany")},
		"198.51.100.0/24":   {"country": name("Japan")},
		"192.0.2.0/24":      {"location": mmdbtype.Map{"latitude": mmdbtype.Float64(1)}},
		"2001:db8:5::/48":   {"city": name("Zürich"), "country": name("Switzerland")},
		"10.0.0.0/8":        {"country": name("Nowhere")},
		"2001:db8:6::1/128": {"country": mmdbtype.Map{"names": mmdbtype.String("no map")}},
	} {
		_, parsed, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(parsed, record); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "places.mmdb")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := tree.WriteTo(file); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	with, without := place.Open(database(t)), place.Open("")
	t.Cleanup(func() { _ = with.Close() })
	if !with.On() || with.Kind() != "GeoLite2-City" || with.Reason() != "" || without.On() || without.Reason() != "" {
		t.Fatalf("with: %v %q %q, without: %v %q", with.On(), with.Kind(), with.Reason(), without.On(), without.Reason())
	}
	for ip, want := range map[string]string{
		"203.0.113.9":          "Berlin, Germany",
		"::ffff:203.0.113.9":   "Berlin, Germany",
		"2001:db8:5::77":       "Zürich, Switzerland",
		"198.51.100.1":         "Japan",
		"192.0.2.1":            place.Unknown,
		"8.8.8.8":              place.Unknown,
		"2001:db8:6::1":        place.Unknown,
		"127.0.0.1":            place.Local,
		"::1":                  place.Local,
		"10.1.2.3":             place.Local, // whatever a database says
		"192.168.1.1":          place.Local,
		"172.31.255.255":       place.Local,
		"172.32.0.1":           place.Unknown,
		"100.64.0.1":           place.Local,
		"169.254.1.1":          place.Local,
		"fe80::1%eth0":         place.Local,
		"fd00::1":              place.Local,
		"":                     place.Unknown,
		"203.0.113.9, 1.2.3.4": place.Unknown,
	} {
		if got := with.Of(ip); got != want {
			t.Errorf("%s: %q, want %q", ip, got, want)
		}
		if want != place.Local {
			want = place.Unknown
		}
		if got := without.Of(ip); got != want {
			t.Errorf("%s without a database: %q, want %q", ip, got, want)
		}
	}
}

// A database that is named and cannot be used is no reason to stop; it is a reason to say so.
func TestABrokenDatabaseSaysWhy(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.mmdb")
	if err := os.WriteFile(broken, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{broken, filepath.Join(t.TempDir(), "missing.mmdb")} {
		p := place.Open(file)
		if p.On() || !strings.HasPrefix(p.Reason(), "GEOIP_DATABASE cannot be read: ") {
			t.Errorf("%s: on %v, %q", file, p.On(), p.Reason())
		}
		if got := p.Of("203.0.113.9"); got != place.Unknown {
			t.Errorf("%s: %q", file, got)
		}
	}
}

func TestAClosedDatabaseIsNone(t *testing.T) {
	t.Parallel()
	p := place.Open(database(t))
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if p.On() || p.Kind() != "" || p.Of("203.0.113.9") != place.Unknown {
		t.Error("a closed database still answers")
	}
}
