"""What somebody answered to a survey's questions, in the survey's words."""

from hearback.map_order import in_order
from hearback.response import Response
from hearback.survey import Survey


def answers_in_words(survey: Survey, response: Response) -> list[tuple[str, str]]:
    """(question, answer) in the survey's default language; in its order; the key of what it does not ask any more."""
    locale = survey.locales[0]
    questions = {question.id: question for question in survey.all_questions}
    answers = []
    for question_id, answer in in_order(questions, response.answers):
        question = questions.get(question_id)
        choice = question.choices.get(answer) if question else None
        asked = survey.say(question.text, locale) if question else question_id
        answers.append((asked, survey.say(choice, locale) or answer))
    return answers
