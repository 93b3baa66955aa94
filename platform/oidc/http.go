package oidc

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// longestBody bounds what is read of any answer of a provider.
const longestBody = 1 << 20

// httpClient asks providers: within the timeout, without following redirects, and reading no more than longestBody.
func httpClient(timeout time.Duration) *http.Client {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: timeout}).DialContext,
		TLSHandshakeTimeout:    timeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{
		Timeout: timeout, Transport: bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct{ inner http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.inner.RoundTrip(r)
	if err == nil {
		response.Body = &boundedBody{inner: response.Body, left: longestBody}
	}
	return response, err
}

// CloseIdleConnections passes the wish on.
func (b bounded) CloseIdleConnections() {
	if inner, ok := b.inner.(*http.Transport); ok {
		inner.CloseIdleConnections()
	}
}

var errTooLong = errors.New("the provider's answer is too long")

type boundedBody struct {
	inner io.ReadCloser
	left  int64
}

// Read fails when the answer is longer than it may be.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	// One byte more than allowed tells an answer that just fits from one that does not.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.inner.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n, errTooLong
	}
	return n, err
}

// Close ends reading.
func (b *boundedBody) Close() error { return b.inner.Close() }

// explain tells a provider that is away from one whose answer proves nothing. What the provider wrote is left out but for the
// code of its error: it may hold tokens.
func explain(doing string, err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		cause := fmt.Errorf("%s: status %d, error %q", doing, refused.Response.StatusCode, cut(refused.ErrorCode))
		if refused.Response.StatusCode >= http.StatusInternalServerError || refused.Response.StatusCode == http.StatusTooManyRequests {
			return ErrUnavailable.Wrap(cause)
		}
		return ErrAnswer.Wrap(cause)
	}
	cause := fmt.Errorf("%s: %s", doing, brief(err))
	if _, away := errors.AsType[*url.Error](err); away {
		return ErrUnavailable.Wrap(cause)
	}
	return ErrAnswer.Wrap(cause)
}

// brief is the beginning of an error's text: a provider may have put anything into the rest of it.
func brief(err error) string { return cut(err.Error()) }

func cut(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
