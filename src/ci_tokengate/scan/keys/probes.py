"""What a text must hold before a regular expression looks at it. A commit waits for this: no imports.

A test derives all of it from the table, and compares.
"""

PLAIN = (
    (b"sk-", 10),
    (b"AIza", 12),
    (b"AQ.Ab8RN6", 12),
    (b"-----BEGIN PRIVATE KEY-----", 0),
    (b"JQQJ99", 12),
    (b"ABSKQmVkcm9ja0FQSUtleS", 12),
    (b"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", 12),
    (b"AKIA", 16),
    (b"xai-", 12),
    (b"pplx-", 12),
    (b"pa-", 12),
    (b"hf_", 12),
    (b"api_org_", 10),
    (b"tgp_v1_", 12),
    (b"fw_", 10),
    (b"r8_", 12),
    (b"nvapi-", 12),
    (b"lsv2_", 12),
    (b"sk_", 20),
)
"""The literal that a key begins with or holds, and how many key characters follow it at least."""

ENCODED = (
    (b"FJem", 2),
    (b"FLSU", 2),
    (b"Nzay", 2),
    (b"Zndf", 0),
    (b"aGZf", 0),
    (b"c2st", 0),
    (b"c2tf", 0),
    (b"cGEt", 0),
    (b"cjhf", 0),
    (b"dza1", 2),
    (b"hhaS", 2),
    (b"4YWkt", 3),
    (b"BS0lB", 3),
    (b"BSXph", 3),
    (b"QUl6Y", 0),
    (b"QUtJQ", 0),
    (b"Y3NrL", 0),
    (b"Z3NrX", 0),
    (b"eGFpL", 0),
    (b"9LRVk9", 2),
    (b"BwbHgt", 2),
    (b"X0tFWT", 0),
    (b"bHN2Ml", 0),
    (b"cHBseC", 0),
    (b"fS0VZP", 3),
    (b"sc3YyX", 3),
    (b"wcGx4L", 3),
    (b"xzdjJf", 2),
    (b"52YXBpL", 2),
    (b"90b2tlb", 2),
    (b"9UT0tFT", 2),
    (b"9rZXk6I", 2),
    (b"FwaUtle", 2),
    (b"KUVFKOT", 3),
    (b"NrLWxmL", 2),
    (b"fVE9LRU", 3),
    (b"fa2V5Oi", 3),
    (b"fdG9rZW", 3),
    (b"hcGlLZX", 3),
    (b"pRUUo5O", 2),
    (b"udmFwaS", 3),
    (b"zay1sZi", 3),
    (b"FwaS1rZX", 2),
    (b"FwaV9rZX", 2),
    (b"NrLWFudC", 2),
    (b"RncF92MV", 2),
    (b"SlFRSjk5", 0),
    (b"X1RPS0VO", 0),
    (b"X2tleTog", 0),
    (b"X3Rva2Vu", 0),
    (b"YXBpS2V5", 0),
    (b"bnZhcGkt", 0),
    (b"0Z3BfdjFf", 3),
    (b"YXBpLWtle", 0),
    (b"YXBpX2tle", 0),
    (b"dGdwX3YxX", 0),
    (b"hcGkta2V5", 3),
    (b"hcGlfa2V5", 3),
    (b"zay1hbnQt", 3),
    (b"9BUElfS0VZ", 2),
    (b"FwaV9vcmdf", 2),
    (b"NrLXByb2ot", 2),
    (b"X0FQSV9LRV", 0),
    (b"YXBpX29yZ1", 0),
    (b"fQVBJX0tFW", 3),
    (b"hcGlfb3JnX", 3),
    (b"zay1wcm9qL", 3),
    (b"BUS5BYjhSTj", 3),
    (b"FRLkFiOFJON", 2),
    (b"NrLW9yLXYxL", 2),
    (b"NrLWFkbWluL", 2),
    (b"zay1hZG1pbi", 3),
    (b"zay1vci12MS", 3),
    (b"1BU1RFUl9LRV", 2),
    (b"1hc3Rlcl9rZX", 2),
    (b"FDQ0VTU19LRV", 2),
    (b"FjY2Vzc19rZX", 2),
    (b"QVEuQWI4Uk42", 0),
    (b"BQ0NFU1NfS0VZ", 3),
    (b"NQVNURVJfS0VZ", 3),
    (b"QUNDRVNTX0tFW", 0),
    (b"TUFTVEVSX0tFW", 0),
    (b"YWNjZXNzX2tle", 0),
    (b"bWFzdGVyX2tle", 0),
    (b"hY2Nlc3Nfa2V5", 3),
    (b"tYXN0ZXJfa2V5", 3),
    (b"NrLXN2Y2FjY3Qt", 2),
    (b"zay1zdmNhY2N0L", 3),
    (b"NlcnZpY2VfYWNjb3Vud", 2),
    (b"zZXJ2aWNlX2FjY291bn", 3),
    (b"c2VydmljZV9hY2NvdW50", 0),
    (b"FCU0tRbVZrY205amEwRlFTVXRsZV", 2),
    (b"BQlNLUW1Wa2NtOWphMEZRU1V0bGVT", 3),
    (b"QUJTS1FtVmtjbTlqYTBGUVNVdGxlU", 0),
    (b"0tLS0tQkVHSU4gUFJJVkFURSBLRVktL", 2),
    (b"tLS0tLUJFR0lOIFBSSVZBVEUgS0VZLS", 3),
    (b"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0t", 0),
)
"""The same literals inside base64, and how far each stands from the begin of its group of four.

And names that stand beside keys: short literals are no sign at each alignment, some keys have none at
all, and where base64 is wrapped a line may end within a literal.
"""

MENTIONS = {
    b"mistral": (b"mistral",),
    b"codestral": (b"codestral",),
    b"cohere": (b"cohere",),
    b"azure": (b"azure",),
    b"aoai": (b"aoai",),
    b"azopenai": (b"azopenai",),
    b"anthropic_foundry": (b"anthropic_foundry",),
    b"cognitiveservices": (b"cognitiveservices",),
    b"portkey": (b"portkey",),
    b"co_api_key": (b"co_api_key",),
    b"co-api-key": (b"co-api-key",),
    b"co.api.key": (b"co.api.key",),
    b"coapikey": (b"coapikey",),
    b"xi-api-key": (b"xi-api-key",),
    b"xi_api_key": (b"xi_api_key",),
    b"xiapikey": (b"xiapikey",),
    b"secret": (
        b"secret_access_key",
        b"secretaccesskey",
        b"secret-access-key",
        b"secret.access.key",
        b"secret access key",
        b"aws_secret",
        b"aws-secret",
        b"aws.secret",
        b"awssecret",
    ),
    b"eleven": (
        b"eleven_labs",
        b"eleven-labs",
        b"elevenlabs",
        b"eleven.labs",
        b"eleven labs",
    ),
    b"together": (
        b"together]",
        b'provider": "together',
        b"provider: together",
        b"name: together",
        b'name": "together',
        b'provider="together',
        b"together api",
        b"together key",
        b'together":',
        b"together(",
        b"together-ai",
        b"together-api",
        b"together-key",
        b"together-token",
        b"together.ai",
        b"together.api",
        b"together.key",
        b"together.token",
        b"together.xyz",
        b"together:",
        b"together_ai",
        b"together_api",
        b"together_key",
        b"together_secret",
        b"together_token",
        b"togetherai",
        b"togetherapi",
        b"togetherchat",
        b"togetherkey",
        b"togethersecret",
        b"togethertoken",
        b"togetherclient",
        b"together']",
        b'together"]',
        b"together = {",
        b'name: "together',
    ),
}
"""Lower case: a word that few texts have, and the names with it; without one of them a key that has no literal
is not looked for."""

NAMES = [name for names in MENTIONS.values() for name in names]

SHORTEST = 27
"""The shortest key that is told by a name only."""

ENCODED_RUN = 16
_FILL = b"-_+/="
_TO_SPACES = bytes(b if (chr(b).isalnum() and b < 128) or b in b"+/" else 32 for b in range(256))


def literals(text: bytes, literal: bytes, run: int) -> "list[int]":
    """Where the literal stands with a long enough run of key characters behind it."""
    found = []
    size = len(literal)
    at = text.find(literal)
    while at >= 0:
        tail = text[at + size : at + size + run]
        if len(tail) == run and (not run or tail.translate(None, _FILL).isalnum()):
            found.append(at)
        at = text.find(literal, at + 1)
    return found


def suspicious(text: bytes) -> bool:
    """Whether a key could be in the text; False is certain."""
    for literal, run in PLAIN:
        if literal in text and literals(text, literal, run):
            return True
    for literal, _ in ENCODED:
        if literal in text and literals(text, literal, ENCODED_RUN):
            return True
    low = text.lower()
    if mentions(low):
        return any(len(token) >= SHORTEST for token in text.translate(_TO_SPACES).split())
    return False


def mentions(low: bytes) -> "list[int]":
    """Where the names stand in a text of small letters."""
    found = []
    for word, names in MENTIONS.items():
        at = low.find(word)
        while at >= 0:
            for name in names:
                begin = at - name.index(word)
                if begin >= 0 and low.startswith(name, begin):
                    found.append(begin)
                    break
            at = low.find(word, at + len(word))
    return found
