"""Google: Gemini's API keys, and service accounts, by which Vertex AI is called."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form

FORMS = (
    Form(
        provider="google-gemini",
        what="a Google API key, as Gemini takes it",
        literal=b"AIza",
        run=12,
        pattern=rb"AIza(?P<body>[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])",
        link="https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/gcp.go",
    ),
    Form(
        provider="google-gemini",
        what="a Gemini API key",
        literal=b"AQ.Ab8RN6",
        run=12,
        pattern=rb"AQ\.Ab8RN6(?P<body>[A-Za-z0-9_-]{44})(?![A-Za-z0-9_-])",
        link="https://github.com/betterleaks/betterleaks",
    ),
    Form(
        provider="google-vertex",
        what="the private key of a Google service account",
        literal=b"-----BEGIN PRIVATE KEY-----",
        # White space, or any depth of escaped line breaks, stands between the lines of the key.
        pattern=rb"-----BEGIN PRIVATE KEY-----(?P<body>(?:[A-Za-z0-9+/=]|\\{1,8}n|\\{1,8}r|\s|\\{1,8}/"
        rb"|[\"'],?\s*\+?\s*[\"']){64,6000}?)-----END PRIVATE KEY-----",
        names=rb"[\"']?type\W{1,12}service_account|gserviceaccount\.com",
        link="https://cloud.google.com/iam/docs/keys-create-delete",
    ),
)
