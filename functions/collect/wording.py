"""What pages say in their own words, by language. What a survey says is in the survey."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that only tells something."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    language: str
    """Its tag, for `lang`."""
    least: str
    most: str
    send_score: str
    choose_score: str
    once_more: str
    """After a form that came sooner than a person reads."""
    leave_empty: str
    """Beside a field that no person should meet."""
    thanks: str
    reason: str
    saved: str
    your_score: str
    change_score: str
    progress: str
    own_words: str
    save: str
    skip: str
    close: str
    done: Notice
    answered: Notice
    unsubscribe: Notice
    unsubscribe_button: str
    unsubscribed: Notice
    no_survey: Notice
    closed: Notice
    expired: Notice
    broken_link: Notice
    too_long: Notice
    refused: Notice
    busy: Notice


ENGLISH = Wording(
    language="en",
    least="Not at all likely",
    most="Extremely likely",
    send_score="Send my answer",
    choose_score="Please choose a number from 0 to 10.",
    once_more="That was quick. Please send it once more, so that we know it is you.",
    leave_empty="Please leave this empty",
    thanks="Thank you!",
    reason="What is the main reason for your score?",
    saved="Saved",
    your_score="You chose {score}",
    change_score="Change it",
    progress="Question {number} of {count}, all optional",
    own_words="In your own words",
    save="Save",
    skip="Skip",
    close="Close",
    done=Notice("Thank you!", "Your answer is with us. You can close this page."),
    answered=Notice("Thank you!", "We have your answer already. It can no longer be changed here."),
    unsubscribe=Notice("Stop these e-mails?", "We will no longer ask you for feedback by e-mail."),
    unsubscribe_button="Yes, stop them",
    unsubscribed=Notice("You are unsubscribed", "We will not e-mail you about your feedback again."),
    no_survey=Notice(
        "We cannot find this survey",
        "The address may have been cut short. Please open the link from your message again.",
    ),
    closed=Notice("This survey has ended", "Thank you for wanting to answer. It takes no more answers."),
    expired=Notice("This link is too old", "It worked for a limited time only. Thank you for wanting to answer."),
    broken_link=Notice(
        "This link does not work", "It may have been cut short. Please open it from your message again, whole."
    ),
    too_long=Notice(
        "That was too long for us", "Nothing was saved. Please go back, shorten your text and save it again."
    ),
    refused=Notice("That did not work", "Nothing was saved. Please go back and try again."),
    busy=Notice("Too much at once", "Nothing was saved. Please try again in a few seconds."),
)

HINDI = Wording(
    language="hi",
    least="बिल्कुल संभावना नहीं",
    most="बहुत ज़्यादा संभावना",
    send_score="मेरा जवाब भेजें",
    choose_score="कृपया 0 से 10 तक कोई एक संख्या चुनें।",
    once_more="यह बहुत जल्दी हुआ। कृपया एक बार और भेजें, ताकि हम जान सकें कि यह आप ही हैं।",
    leave_empty="कृपया इसे खाली छोड़ें",
    thanks="धन्यवाद!",
    reason="आपके इस स्कोर का मुख्य कारण क्या है?",
    saved="सहेज लिया गया",
    your_score="आपने {score} चुना",
    change_score="बदलें",
    progress="प्रश्न {number} / {count}, जवाब देना ज़रूरी नहीं",
    own_words="अपने शब्दों में",
    save="सहेजें",
    skip="छोड़ें",
    close="बंद करें",
    done=Notice("धन्यवाद!", "आपका जवाब हमें मिल गया है। अब आप यह पेज बंद कर सकते हैं।"),
    answered=Notice("धन्यवाद!", "आपका जवाब हमारे पास पहले से है। अब उसे यहाँ बदला नहीं जा सकता।"),
    unsubscribe=Notice("ये ईमेल बंद करें?", "इसके बाद हम आपसे ईमेल पर राय नहीं माँगेंगे।"),
    unsubscribe_button="हाँ, बंद करें",
    unsubscribed=Notice("ईमेल बंद कर दिए गए हैं", "अब हम आपकी राय के बारे में आपको ईमेल नहीं भेजेंगे।"),
    no_survey=Notice("यह सर्वे नहीं मिला", "शायद पता अधूरा रह गया है। कृपया अपने संदेश का लिंक फिर से खोलें।"),
    closed=Notice("यह सर्वे समाप्त हो चुका है", "जवाब देने की इच्छा के लिए धन्यवाद। अब इसमें जवाब नहीं लिए जा रहे हैं।"),
    expired=Notice("यह लिंक पुराना हो चुका है", "यह केवल कुछ समय तक ही काम करता था। जवाब देने की इच्छा के लिए धन्यवाद।"),
    broken_link=Notice("यह लिंक काम नहीं कर रहा", "शायद लिंक अधूरा रह गया है। कृपया अपने संदेश से पूरा लिंक फिर से खोलें।"),
    too_long=Notice("यह बहुत लंबा है", "कुछ भी सहेजा नहीं गया। कृपया वापस जाएँ, थोड़ा छोटा लिखें और फिर सहेजें।"),
    refused=Notice("ऐसा नहीं हो सका", "कुछ भी सहेजा नहीं गया। कृपया वापस जाकर फिर कोशिश करें।"),
    busy=Notice("अभी बहुत भीड़ है", "कुछ भी सहेजा नहीं गया। कृपया कुछ सेकंड बाद फिर कोशिश करें।"),
)

_SPOKEN = {"en": ENGLISH, "hi": HINDI}
_OWN_NAMES = {
    "ar": "العربية",
    "bn": "বাংলা",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "it": "Italiano",
    "mr": "मराठी",
    "pt": "Português",
    "ta": "தமிழ்",
    "te": "తెలుగు",
    "ur": "اردو",
}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def wording(*wanted: str) -> Wording:
    """The wording of the first wanted language there is one in, else English."""
    for tag in wanted:
        if found := _SPOKEN.get(_language(tag)):
            return found
    return ENGLISH


def own_name(locale: str) -> str:
    """What a language calls itself, for the link that switches to it."""
    return _OWN_NAMES.get(_language(locale), locale)


def direction(locale: str) -> str:
    return "rtl" if _language(locale) in _RIGHT_TO_LEFT else "ltr"


def _language(tag: str) -> str:
    return tag.lower().partition("-")[0]
