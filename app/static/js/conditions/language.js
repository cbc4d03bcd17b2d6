// The condition language of surveys/questionnaire/conditions.py, for answers as the fields of a page hold them.
// A condition is a JSON object; answers are texts, lists of texts for several choices, or undefined, by question.

const given = (answer) => answer !== undefined && answer !== "" && !(Array.isArray(answer) && !answer.length);

export function holds(condition, answers) {
  if (condition.all) return condition.all.every((part) => holds(part, answers));
  if (condition.any) return condition.any.some((part) => holds(part, answers));
  if (condition.not) return !holds(condition.not, answers);
  const answer = answers[condition.question];
  if (condition.in) return [answer].flat().some((code) => condition.in.includes(code));
  if ("below" in condition) return given(answer) && /^\s*-?\d+\s*$/.test(answer) && Number(answer) < condition.below;
  // Days as ISO text are in the order of the calendar.
  if ("before" in condition) return given(answer) && answer < condition.before;
  return given(answer) === condition.answered;
}

// Those of these questions that are asked. A question is {name, when, answer()}; when is its condition or null.
// They are read in order, and only answers to questions that are asked themselves count, as on the server.
export function asked(questions) {
  const answers = {};
  const found = [];
  for (const question of questions) {
    if (question.when && !holds(question.when, answers)) continue;
    answers[question.name] = question.answer();
    found.push(question);
  }
  return found;
}
