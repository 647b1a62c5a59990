"""Whether a command that names a provider's host dials it, sets it as an address, or only speaks of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ci_tokengate.scan.flows.hosts import Endpoint, in_prose
from ci_tokengate.scan.flows.shell.leaves import ordered
from ci_tokengate.scan.flows.shell.model import Ran
from ci_tokengate.scan.flows.shell.writes import is_file

SAYS = frozenset(
    {"echo", "printf", "cat", "grep", "egrep", "fgrep", "rg", "ag", "sed", "awk", "perl", "test", "[", "[[", "git", "gh", "dig",
     "nslookup", "host", "ping", "nc", "ncat", "telnet", "openssl", "iptables", "ip6tables", "ufw", "nft", "tee", "logger",
     "case", "for", "if", "while", "true", ":", "write-host", "write-output", "jq", "yq", "find", "ls", "traceroute", "getent",
     "ipset", "squid", "add-mask", "exit", "return", "read", "select-string", "cut", "tr", "sort", "diff", "cmp", "wc", "head",
     "tail", "resolvectl", "whois", "semgrep", "trufflehog", "gitleaks", "ci-tokengate"}
)  # fmt: skip
DIALS = frozenset({"curl", "wget", "http", "https", "httpie", "xh", "xhs", "invoke-webrequest", "invoke-restmethod", "iwr", "irm",
                    "hey", "ab", "wrk", "vegeta", "websocat", "grpcurl", "aria2c", "hurl"})  # fmt: skip
ALLOW = re.compile(
    r"allow|hosts?$|no_proxy|deny|block|domains?$|docs?(?:_|$)|egress|prompt|message|body|msg",
    re.IGNORECASE,
)
_CONFIG = re.compile(
    r"(?:\.env(?:\.\w+)?|\.(?:toml|json|jsonc|ya?ml|ini|conf|cfg|py|js|mjs|ts|sh|bashrc|profile|zshrc))$"
)
_EXCEPT = re.compile(r"^--?(?:\w+-)*(?:exclude|ignore|skip|except|deny|block|disallow|without)\b")
_LIST = re.compile(
    r"allow|hosts$|no_proxy|domains?$|egress|add-host|prompt|message|body|msg", re.IGNORECASE
)
_OPTION = re.compile(r"base|url|endpoint|host|server|api", re.IGNORECASE)
_SET = re.compile(
    r"(?:base_?url|api_?base|endpoint|url|uri|host|server|address)[\"'\]]*\s*[|+]?=\s*[\"']?$",
    re.IGNORECASE,
)
_ASSERTS = ("assert", "expect_", "should")
_LOOKED_AT = 40
"""Options are looked for among a command's first arguments."""


_NO_ADDRESS = frozenset({"-H", "--header", "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--json", "-F",
                         "--form", "-A", "--resolve", "-e", "--referer", "-u", "--user", "-o", "--output", "-b", "--cookie",
                         "-body", "-headers"})  # fmt: skip


def is_setting(target: str) -> bool:
    return is_file(target, "GITHUB_ENV") or bool(_CONFIG.search(target))


def is_address(args: Sequence[str], nth: int) -> bool:
    """Whether an argument of `curl` and its like is what it calls, not a header, a body or another option's."""
    given = args[nth].startswith("-") and not args[nth].startswith("--url")
    return not (given or (nth and args[nth - 1] in _NO_ADDRESS))


def is_dialled(ran: Ran, arg: str, hit: Endpoint, nth: int) -> bool | None:
    """True for surely, False for perhaps, None for a command that only speaks of it."""
    name = ran.name
    if name in ("export", "declare", "setx", "set", "local", "readonly", "typeset"):
        said = ALLOW.search(arg.partition("=")[0]) or is_said(arg, hit)
        return None if said else True
    if name in DIALS:
        return True if is_address(ran.args, nth) else None
    if name.startswith(_ASSERTS):
        return None
    if name in SAYS:
        prints = name in ("echo", "printf", "tee", "jq", "yq")
        if prints and any(is_setting(target) for target in ran.writes):
            return True
        if any(hit.host in word.lower() and not ALLOW.search(n) for n, word in ordered(arg)):
            return True
        return _sets(name, ran.args, arg[: hit.start]) or None
    if (
        any(
            word in ran.args[:_LOOKED_AT]
            for word in ("--prompt", "-p", "--print", "--message", "-m", "exec")
        )
        and " " in arg.strip()
    ):
        return None if not arg.startswith("-") and "base_url" not in arg else True
    return _by_option(ran.args[nth - 1] if nth else "", arg, hit)


def _by_option(before: str, arg: str, hit: Endpoint) -> bool | None:
    """Of a command that nobody listed: what the option says, and whether it is an address and nothing else."""
    if _EXCEPT.search(before) or _EXCEPT.match(arg):
        return None
    name = arg.partition("=")[0] if "=" in arg[: hit.start] else before
    if not hit.is_url and _LIST.search(name):
        return None
    if (name is before and not before.startswith("-")) or not _OPTION.search(name):
        name = ""
    if name:
        return True
    return (not re.search(r"\s", arg.strip()) or None) if hit.is_url else None


def is_said(text: str, hit: Endpoint) -> bool:
    """Whether a variable's value only speaks of the host, among other words."""
    return in_prose('"' + text[: hit.start].partition("=")[2])


def _sets(name: str, args: Sequence[str], before: str) -> bool:
    """`jq '.env.BASE_URL = "…"'`, and `sed -i` that puts an address in."""
    if name == "gh":
        return args[:2] == ("variable", "set") and bool(_SET.search(f"{args[2:3]}"[2:-3] + "="))
    if name not in ("jq", "yq", "sed") or not _SET.search(before):
        return False
    if name != "sed":
        return True
    edit = re.match(r".*?\bs([^\w\s])", before)
    in_place = any(arg.startswith(("-i", "--in-place")) for arg in args[:_LOOKED_AT])
    return bool(in_place and edit and before.count(edit[1]) > 1)
