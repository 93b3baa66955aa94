package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// C2: the image has no shell and no root user, checks its health without one, and holds no secret.
func TestC2_ImageRunsWithLeastRights(t *testing.T) {
	t.Parallel()
	dockerfile := read(t, "Dockerfile")
	stages := strings.Split(dockerfile, "\nFROM ")
	last := stages[len(stages)-1]
	if !strings.HasPrefix(last, "scratch\n") {
		t.Errorf("the last stage is not FROM scratch: %.40q", last)
	}
	for _, want := range []string{"USER 65532:65532", `HEALTHCHECK`, `CMD ["/app", "health"]`, `ENTRYPOINT ["/app"]`} {
		if !strings.Contains(last, want) {
			t.Errorf("the last stage lacks %s", want)
		}
	}
	for _, banned := range []string{"\nRUN", "\nADD", "\nENV"} {
		if strings.Contains(last, banned) {
			t.Errorf("the last stage has %q", banned)
		}
	}
	if secrets := regexp.MustCompile(`(?i)(secret|password|token)[a-z_]*=`).FindString(dockerfile); secrets != "" {
		t.Errorf("the Dockerfile sets %s", secrets)
	}
	if strings.Contains(dockerfile, "RUN --mount") {
		t.Error("the Dockerfile needs BuildKit")
	}
}

// C2: what compose starts is read-only, without capabilities, bounded, and reachable from this machine only.
func TestC2_ComposeIsSafeByDefault(t *testing.T) {
	t.Parallel()
	compose := read(t, "scripts/compose.yaml")
	for _, want := range []string{"read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "mem_limit:", "pids_limit:", `"127.0.0.1:8080:8080"`} {
		if !strings.Contains(compose, want) {
			t.Errorf("compose.yaml lacks %s", want)
		}
	}
	for line := range strings.Lines(compose) {
		name, value, found := strings.Cut(strings.TrimSpace(line), ": ")
		if found && regexp.MustCompile(`(SECRET_KEY|PASSWORD|STRIPE_SECRET_KEY)$`).MatchString(name) && !strings.HasPrefix(value, "${") {
			t.Errorf("compose.yaml holds a secret: %s", name)
		}
	}
	if ports := strings.Count(compose, "ports:"); ports != 1 {
		t.Errorf("compose.yaml publishes %d ports, want that of the app alone", ports)
	}
}
