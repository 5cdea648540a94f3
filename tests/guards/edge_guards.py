"""Weaknesses of doors, answers and logs, put into a copy; tests/holes lists which hole each is."""

from __future__ import annotations

from tests.guards.guard import Guard

FC, MODELS, SETTINGS, PROBLEMS, REPORTS = (
    f"shared/{name}.py" for name in ("fc", "models", "settings", "problems", "storage/reports")
)
VERIFY, SEND = (f"shared/use_cases/{name}.py" for name in ("verify_code", "send_code"))
GATES = "shared/use_cases/pass_gates.py"
SPELLINGS, TRACES, ENUMERATION, RECEIPTS = (
    f"tests/holes/test_{name}.py" for name in ("spellings", "traces", "enumeration", "receipts")
)
SECRECY = "tests/functions/test_secrecy.py"
ACCESS = "tests/functions/test_access.py"
SAME = "tests/functions/test_send_and_verify.py::test_every_refused_code_looks_the_same"
LOGGED = "log(phone=number.masked, scene=request.scene, verification_id=request.verification_id)"
NO_OUTPUT = f"{SECRECY}::test_no_output_and_no_answer_holds_a_secret"
NO_OBJECT = f"{TRACES}::test_no_object_of_ours_shows_a_code_a_number_or_a_token"
JOINED = 'headers[name] = "" if name == FORWARDED else f"{headers[name]},{text}"'
NEXT = "    draft = _refuse_by_reading(draft, looked)\n    passed"

EDGE_GUARDS = [
    Guard(
        "hole: a spelling of a number is another number",
        "shared/phone_numbers.py",
        "        return PhoneNumber(e164, region",
        '        if not digits.startswith(("1", "+86")):\n'
        '            e164 = "+" + digits\n'
        "        return PhoneNumber(e164, region",
        f"{SPELLINGS}::test_no_spelling_of_a_number_is_another_number",
    ),
    Guard(
        "hole: of a header in two spellings the last counts",
        FC,
        JOINED,
        "headers[name] = text",
        f"{SPELLINGS}::test_no_spelling_of_a_header_is_another_address",
    ),
    Guard(
        "hole: of a header in two spellings the first counts",
        FC,
        JOINED,
        "pass",
        f"{SPELLINGS}::test_no_spelling_of_a_header_is_another_address",
    ),
    Guard(
        "hole: a captcha's token in another spelling is another token",
        GATES,
        '"captcha", _one_spelling(token)',
        '"captcha", token',
        f"{SPELLINGS}::test_no_spelling_of_a_captcha_token_is_another_token",
    ),
    Guard(
        "hole: a captcha's token passes once in every scene",
        GATES,
        '"captcha", _one_spelling(token)',
        '"captcha", draft.scene, _one_spelling(token)',
        f"{SPELLINGS}::test_no_captcha_token_passes_in_a_second_scene_or_after_a_while",
    ),
    Guard(
        "hole: requests and answers show what they hold in traces",
        MODELS,
        "for name, value in self if name in _SHOWN)",
        "for name, value in self)",
        NO_OBJECT,
    ),
    Guard(
        "hole: a call shows its body in traces",
        FC,
        "    raw_body: str = field(repr=False)\n",
        "    raw_body: str\n",
        NO_OBJECT,
    ),
    Guard(
        "hole: addresses are logged",
        FC,
        "        request_id=call.request_id,\n        status=status,\n",
        "        request_id=call.request_id,\n        path=call.path,\n        status=status,\n",
        f"{TRACES}::test_nothing_is_read_from_an_address_and_nothing_of_it_is_kept",
    ),
    Guard(
        "hole: whole numbers are logged",
        VERIFY,
        LOGGED,
        LOGGED.replace("number.masked", "number.e164"),
        NO_OUTPUT,
    ),
    Guard(
        "hole: codes are logged",
        VERIFY,
        LOGGED,
        LOGGED.replace(")", ", code=request.code)"),
        NO_OUTPUT,
    ),
    Guard(
        "hole: an answer tells the text of an error",
        FC,
        '_refuse(Refused("internal", reason="bug"), call)\n',
        '_refuse(Refused("internal", reason="bug"), call)\n        body += repr(error)\n',
        f"{SECRECY}::test_a_failure_of_our_own_is_logged_by_place_and_not_by_text",
    ),
    Guard(
        "hole: codes rest as they are",
        "shared/storage/sends.py",
        '"digest": MANAGED if claim.managed else code.digest,',
        '"digest": MANAGED if claim.managed else claim.plain_code,',
        f"{SECRECY}::test_a_plain_number_rests_in_the_pending_table_alone_and_no_code_anywhere",
    ),
    Guard(
        "hole: an answer's text tells why a code was refused",
        PROBLEMS,
        '"detail": detail[lang].format(**facts),',
        '"detail": detail[lang].format(**facts) + (refusal.reason or ""),',
        SAME,
    ),
    Guard(
        "hole: an answer's status tells why a code was refused",
        PROBLEMS,
        "    return problem.status, document\n",
        '    return problem.status + (refusal.reason == "wrong"), document\n',
        SAME,
    ),
    Guard(
        "hole: an answer's header tells why a code was refused",
        FC,
        '    if "retry_after" in document:\n',
        '    headers["X-Reason"] = str(refusal.reason)\n    if "retry_after" in document:\n',
        SAME,
    ),
    Guard(
        "hole: beyond the limit a right guess is answered otherwise",
        VERIFY,
        "    if counted.full is not None:\n",
        "    if counted.full is not None and counted.counted:\n",
        "tests/functions/test_abuse.py::test_beyond_the_limit_right_and_wrong_look_the_same",
    ),
    Guard(
        "hole: a guess takes longer at a number that is known",
        "shared/use_cases/verify_code.py",
        "    counters = guess_counters(policy, guesser, now=now)\n",
        "    counters = guess_counters(policy, guesser, now=now)\n"
        '    known = ("phone", phone)\n'
        '    phones = store._table.replace("messages", "phones")\n'
        "    if store._client.get_row(phones, [known])[1] is not None:\n"
        "        store.is_ours(guess, deadline=deadline)\n",
        f"{ENUMERATION}::test_a_guess_tells_a_stranger_the_same_of_every_number_in_the_same_time",
    ),
    Guard(
        "hole: a send takes longer to a number that is known",
        SEND,
        NEXT,
        "    if looked.history.version:\n        store.look(inquiry, deadline=deadline)\n" + NEXT,
        f"{ENUMERATION}::test_a_send_takes_the_same_time_whatever_is_known_of_a_number",
    ),
    Guard(
        "hole: finding out why a code was refused takes time",
        VERIFY,
        "        if diagnose:\n",
        "        if diagnose or store.why_dead(guess, now=now, deadline=deadline):\n",
        f"{ENUMERATION}::"
        "test_time_tells_the_holder_of_an_id_whether_his_own_code_lives_and_nothing_else",
    ),
    Guard(
        "hole: a late report revives a code",
        REPORTS,
        "    return {report.column: report.to_json() for report in reports}\n",
        "    columns = {report.column: report.to_json() for report in reports}\n"
        '    return {**columns, "state": "live", "left": 3, "expires_at": 9_999_999_999}\n',
        f"{RECEIPTS}::test_no_late_report_brings_a_dead_code_back",
    ),
    Guard(
        "hole: a replayed report is another fact",
        REPORTS,
        "    return {report.column: report.to_json() for report in reports}\n",
        "    import secrets\n"
        '    return {f"{one.column}{secrets.token_hex(2)}": one.to_json() for one in reports}\n',
        f"{RECEIPTS}::test_a_replayed_report_changes_nothing_at_all",
    ),
    Guard(
        "hole: the receipts' secret is compared without its case",
        "shared/receipt_wiring.py",
        "    presented = _digest(given)\n"
        "    same = [hmac.compare_digest(presented, _digest(secret)) for secret in secrets]\n",
        "    presented = _digest(given.lower())\n"
        "    same = [hmac.compare_digest(presented, _digest(s.lower())) for s in secrets]\n",
        f"{RECEIPTS}::test_no_spelling_of_the_secret_opens_the_door",
    ),
    Guard(
        "hole: access has a default",
        SETTINGS,
        'access: Literal["captcha", "api_key", "gateway"] | None = None',
        'access: Literal["captcha", "api_key", "gateway"] | None = "gateway"',
        f"{ACCESS}::test_without_an_access_that_works_nothing_is_sent",
    ),
    Guard(
        "hole: secrets have a default",
        SETTINGS,
        "    code_secrets: Secrets\n",
        '    code_secrets: Secrets = (SecretStr("c" * 32),)\n',
        f"{ACCESS}::"
        "test_without_a_secret_or_a_sign_nothing_is_sent_and_the_answer_says_what_to_set",
    ),
]
