"""Azure OpenAI, and AWS with its keys for Bedrock."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import MIXED, Form

_AWS = "https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/aws.go"
_OTHER_SERVICES = (
    rb"speech|search|maps|translat|vision|storage|cosmos|devops|insight|instrument|form[ _.-]?recogni"
    rb"|document[ _.-]?(?:intel|anal)|text[ _.-]?anal|event[ _.-]?grid"
)
_NEXT_TO_AZURE = rb"face|batch|language|bot\b|iot|signalr|monitor|log[ _.-]?anal|acr\b|container|registry|synapse|data"
"""Services whose words are common ones: they tell only right after `azure`."""
_API_TYPE = rb"(?:api_?type|(?:llm|ai|chat|model|embeddings?)[ _.-]?provider)[\"'\]]{0,3}\s{0,9}(?:=>?|:|,)\s{0,9}[\"']?azure(?![\w.-])"
"""What the SDKs ask for where the key's own name says OpenAI only: OPENAI_API_TYPE=azure."""

FORMS = (
    Form(
        provider="azure-openai",
        what="an Azure OpenAI key",
        literal=b"JQQJ99",
        offset=52,
        run=12,
        # Only the signature is fixed in Microsoft's layout; the rest differs by service and region.
        pattern=rb"(?P<body>[A-Za-z0-9]{52})JQQJ99[A-Za-z0-9]{18}A[A-Z]{3}[A-Za-z0-9]{4}(?![A-Za-z0-9_-])",
        link="https://github.com/microsoft/security-utilities",
    ),
    Form(
        provider="azure-openai",
        what="an Azure OpenAI key",
        pattern=rb"(?P<body>[0-9a-f]{32})(?![A-Za-z0-9_-])",
        names=rb"azure(?![ _.-]?(?:"
        + _OTHER_SERVICES
        + b"|"
        + _NEXT_TO_AZURE
        + rb"))[\w.\-/ ]{0,30}"
        rb"(?:openai|open_ai|key|cred|llm|gpt|ai\b|api|chat|endpoint)|openai\.azure|aoai"
        rb"|cognitiveservices|openai_azure|createazure|model[\"']?\s{0,9}[=:]\s{0,9}[\"']?azure/|azopenai|anthropic[_.-]?foundry|azure\.openai|"
        + _API_TYPE,
        within=rb"azure\.open[._-]?ai",
        takers=rb"Azure(?:Chat)?OpenAI(?!\w*(?:Hash|Id\b))",
        not_names=_OTHER_SERVICES
        + rb"|tenant|client_?id|subscription_?id|function|redis|servicebus|eventhub|appconfig|key_?vault(?!\w*openai)",
        link="https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/azure_openai/azure_openai.go",
    ),
    Form(
        provider="bedrock",
        what="a long-term Amazon Bedrock key",
        literal=b"ABSKQmVkcm9ja0FQSUtleS",
        run=12,
        pattern=rb"ABSKQmVkcm9ja0FQSUtleS(?P<body>[A-Za-z0-9+/_-]{60,260}={0,2})(?![A-Za-z0-9+/=_-]|\.\.|\xe2\x80[\xa2\xa6])",
        link=_AWS,
    ),
    Form(
        provider="bedrock",
        what="a short-term Amazon Bedrock key",
        literal=b"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
        run=12,
        pattern=rb"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t(?P<body>[A-Za-z0-9+/_-]{60,4000}={0,2})"
        rb"(?![A-Za-z0-9+/=_-]|\.\.|\xe2\x80[\xa2\xa6])",
        link="https://github.com/aws/aws-bedrock-token-generator-python",
    ),
    Form(
        provider="aws",
        what="an AWS access key",
        literal=b"AKIA",
        run=16,
        pattern=rb"AKIA(?P<body>[A-Z2-7]{16})(?![A-Za-z0-9_-])",
        link=_AWS,
    ),
    Form(
        provider="aws",
        what="an AWS secret access key",
        pattern=MIXED + rb"(?P<body>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_-])",
        names=rb"secret[ _.-]?access[ _.-]?key|aws[_.-]?secret(?!s?[_-]?manager)",
        link=_AWS,
    ),
)
