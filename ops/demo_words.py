"""What the demo's invented customers say, by survey, language and category."""

from collections.abc import Mapping, Sequence

from hearback.nps import Category

COMMENTS: Mapping[tuple[str, str], Mapping[Category, Sequence[str]]] = {
    ("store", "en"): {
        "promoter": (
            "The lady at the billing counter remembered my mother's name. That is why we come back.",
            "Best choice of cotton in the city, and fair prices.",
            "Exchange took two minutes, no questions asked.",
            "Very helpful staff, they carried everything to the auto.",
            "Fresh stock every week. Love the new handloom corner!",
            "Quick, clean and polite. Keep it up.",
            "They called to say my size was back in stock. Wonderful.",
            "My kids love the store, and so do I 😊",
        ),
        "passive": (
            "Good, but the queue on Sunday was long.",
            "Nice things, a little expensive compared to last year.",
            "Fine overall. Parking is a problem.",
            "I could not find my size in the kurta I wanted.",
            "Delivery was on time but the box was torn.",
            "Okay experience. The trial room needs better light.",
        ),
        "detractor": (
            "Waited forty minutes at the till with one counter open.",
            "The dress lost its colour in the first wash and the store refused to take it back.",
            "Order arrived a week late and nobody answered the phone.",
            "I was charged twice. Still waiting for my refund.",
            "The man at the exchange desk was rude to my father.",
            "Wrong item delivered, and the return pickup never came.",
            "Price on the tag was ₹899, at billing it became ₹1,099.",
        ),
    },
    ("store", "hi"): {
        "promoter": (
            "कर्मचारी बहुत मददगार हैं, हर बार अच्छा अनुभव रहता है।",
            "कपड़े की गुणवत्ता बढ़िया है और दाम भी सही हैं।",
            "सामान बदलने में दो मिनट भी नहीं लगे। बहुत अच्छा!",
            "पूरे परिवार की ख़रीदारी एक ही जगह हो जाती है।",
        ),
        "passive": (
            "सामान अच्छा है, पर बिलिंग में समय बहुत लगता है।",
            "ठीक है, लेकिन पिछले साल से महँगा हो गया है।",
            "मेरे नाप का कुर्ता नहीं मिला।",
        ),
        "detractor": (
            "आधे घंटे कतार में खड़ा रहा, सिर्फ़ एक काउंटर खुला था।",
            "ऑर्डर एक हफ़्ते देर से आया और किसी ने फ़ोन नहीं उठाया।",
            "पहली धुलाई में ही रंग निकल गया, दुकान ने वापस लेने से मना कर दिया।",
        ),
    },
    ("product", "en"): {
        "promoter": (
            "Our whole team plans the week in it now. Nothing else is this quick.",
            "The timeline view finally made our roadmap readable.",
            "Support answered within ten minutes, on a Sunday.",
            "Setting it up took less time than our old tool needs to load.",
            "Sharing a plan with a client is one link. Perfect.",
        ),
        "passive": (
            "Solid, but I miss a calendar connection.",
            "Good for small projects. It gets slow beyond 500 tasks.",
            "Nice to use, the mobile app less so.",
            "Works well. Templates would save us time.",
        ),
        "detractor": (
            "Lost an afternoon's changes when two of us edited the same plan.",
            "Billing charged us for people who left months ago.",
            "Export to PDF cuts off the last column. Reported twice.",
            "Too slow on our office laptops to use in meetings.",
        ),
    },
}
"""Keys are a survey's id and a language."""
