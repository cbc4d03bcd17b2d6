"""Check the published certificate of a draw: python verify_draw.py certificate.json [frame.txt]

This program needs Python 3.10 or newer and nothing else. It computes again what certificate.md defines and prints the
name of every check that fails, with the place where it fails. Its functions stand in the order of that document, and
each names the section that defines what it computes; section 7 holds the checks themselves. Without frame.txt, the list
of everyone who could be drawn, nobody can know whether the people drawn are those with the smallest tickets.
"""

import hashlib
import json
import math
import pathlib
import re
import sys

CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CATEGORIES = {f"{number:02}" for number in range(1, 18)}  # 01 to 17
NOT_IN_A_CODE = re.compile(r"[/~| \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def sha256(text):
    """Introduction: the SHA-256 of a text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def canonical_json(value):
    """Introduction: the one spelling of a value that digests are computed from."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# ---- Section 1: the frame --------------------------------------------------------------------------------------------
def is_code(text):
    """Section 1: whether a text can be the code of a village or of an area."""
    if not 1 <= len(text) <= 40 or text in ("all", "general"):
        return False
    return not CONTROL_CHARACTER.search(text) and not NOT_IN_A_CODE.search(text)


def read_person(line):
    """Section 1: the person on one line of the frame; raises ValueError when the line is malformed."""
    key, village, area, carried, last = line.split("|")
    categories = carried.split(",") if carried else []
    if not is_kind(key, "key") or not is_code(village) or not is_code(area):
        raise ValueError("a key or a code is malformed")
    if not set(categories) <= CATEGORIES or categories != sorted(set(categories)):
        raise ValueError("the categories are malformed")
    if last not in ("", "listed", "drawn"):
        raise ValueError("the last round is malformed")
    return {"key": key, "village": village, "area": area, "categories": categories, "last": last}


def read_frame(data):
    """Section 1: everyone on the frame, from the bytes of frame.txt; raises ValueError when it is malformed."""
    lines = data.decode("utf-8").split("\n")
    people = [read_person(line) for line in lines[1:-2]]
    if [lines[0], *lines[-2:]] != ["frame-2", f"people {len(people)}", ""]:
        raise ValueError("the first or the last line is malformed")
    keys = [person["key"] for person in people]
    if keys != sorted(set(keys)):
        raise ValueError("the people are not in the order of their keys, or one is there twice")
    area_of_village = {}
    for person in people:
        if area_of_village.setdefault(person["village"], person["area"]) != person["area"]:
            raise ValueError("a village lies in two areas")
    return people


# ---- Section 2: the plan ---------------------------------------------------------------------------------------------
FACTORS = ["area", "village", "group", "priority"]
GROUPS = {
    "child": ["07", "08"],
    "elder": ["11", "12", "13", "14", "15", "16", "17"],
    "disabled": ["05"],
    "poor": ["01", "02", "03", "04", "06", "09", "10"],
}


def plan_fits_together(plan):
    """Section 2: whether the fields of the plan, each well formed by itself, allow each other."""
    if plan["strata"] != [factor for factor in FACTORS if factor in plan["strata"]]:
        return False
    if plan["block"] != 1 and plan["protocol"] != "block":
        return False
    if plan["area_minimum"] > 0 and not lies_in_areas(plan):
        return False
    return plan["method"] == "neyman" or not plan["spread"]


def group_of(categories):
    """Section 2: the group of a person who has these categories."""
    for group, codes in GROUPS.items():
        if any(code in codes for code in categories):
            return group
    return "general"


# ---- Section 3: strata and queues ------------------------------------------------------------------------------------
def lies_in_areas(plan):
    """Section 3: whether every stratum of the plan lies in one area."""
    return "area" in plan["strata"] or "village" in plan["strata"]


def queue_names(plan):
    """Section 3: the names of the queues of every stratum."""
    return ["all"] if plan["overlap"] is None else ["drawn", "listed", "new"]


def stratum_of(plan, part, person):
    """Section 3: the code of the stratum of a person who belongs to that part."""
    value = {
        "area": person["area"],
        "village": person["village"],
        "group": group_of(person["categories"]),
        "priority": "priority" if person["categories"] else "general",
    }
    if part == "main":
        return "/".join(value[factor] for factor in plan["strata"]) or "all"
    return "/".join(["general"] + [value[factor] for factor in plan["strata"] if factor in ("area", "village")])


def place_of(certificate, person):
    """Section 3: stratum, queue, area and part of a person, or None when the person cannot be drawn."""
    plan = certificate["plan"]
    part = "main" if certificate["rule"]["reading"] == "everyone" or person["categories"] else "general"
    if part == "general" and plan["general"] == 0:
        return None
    queue = "all" if plan["overlap"] is None else person["last"] or "new"
    area = person["area"] if lies_in_areas(plan) else ""
    return stratum_of(plan, part, person), queue, area, part


# ---- Section 4: allocation -------------------------------------------------------------------------------------------
def share(total, items):
    """Section 4: `total` shared among the items by weight, each within its floor and its cap; code → number."""
    fixed = {}
    while True:
        free = [item for item in items if item["code"] not in fixed]
        rest = total - sum(fixed.values())
        weights = sum(item["weight"] for item in free)
        too_low = [item for item in free if item["weight"] * rest < item["floor"] * weights]
        too_high = [item for item in free if item["weight"] * rest > item["cap"] * weights]
        if not too_low and not too_high:
            return fixed | share_freely(rest, weights, free)
        missing = sum(item["floor"] * weights - item["weight"] * rest for item in too_low)
        excess = sum(item["weight"] * rest - item["cap"] * weights for item in too_high)
        if missing >= excess:
            fixed.update({item["code"]: item["floor"] for item in too_low})
        else:
            fixed.update({item["code"]: item["cap"] for item in too_high})


def share_freely(rest, weights, free):
    """Section 4: `rest` shared among the items that no bound holds: rounded down, then by the largest remainders."""
    shares = {item["code"]: item["weight"] * rest // weights for item in free}
    left = rest - sum(shares.values())
    # The largest remainder comes first, then the most people (hence the minus signs), then the smallest code.
    in_turn = sorted(free, key=lambda item: (-(item["weight"] * rest % weights), -item["people"], item["code"]))
    for item in in_turn[:left]:
        shares[item["code"]] += 1
    return shares


def weight_of(plan, stratum):
    """Section 4: the weight of a stratum under the method of the plan."""
    population = stratum["population"]
    if plan["method"] == "equal":
        return 1
    if plan["method"] == "neyman":
        return population * plan["spread"][stratum["stratum"]]
    if plan["method"] == "power":
        return math.isqrt(population * 10**12)
    return population


def floors_of(strata, minimum, area_minimum):
    """Section 4: the fewest people that each stratum gives, for a minimum per stratum and one per area."""
    in_area = {}
    for stratum in strata:
        in_area[stratum["area"]] = in_area.get(stratum["area"], 0) + stratum["population"]
    floors = []
    for stratum in strata:
        population, of_area = stratum["population"], in_area[stratum["area"]]
        part_of_area_minimum = (area_minimum * population + of_area - 1) // of_area  # rounded up
        floors.append(min(population, max(minimum, part_of_area_minimum)))
    return floors


def largest_that_fits(wanted, fits):
    """Section 4: the largest whole number from 0 to `wanted` that fits; 0 does, and so does all below one that does."""
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def allocate(plan, strata, total, area_minimum):
    """Section 4: how many of `total` people each of these strata, all of one part, gives; code → number."""
    minimum = largest_that_fits(plan["minimum"], lambda number: sum(floors_of(strata, number, 0)) <= total)
    of_area = largest_that_fits(area_minimum, lambda number: sum(floors_of(strata, minimum, number)) <= total)
    items = []
    for stratum, floor in zip(strata, floors_of(strata, minimum, of_area), strict=True):
        code, people, weight = stratum["stratum"], stratum["population"], weight_of(plan, stratum)
        items.append({"code": code, "people": people, "weight": weight, "floor": floor, "cap": people})
    return share(total, items)


def allocate_to_queues(overlap, number, populations):
    """Section 4: how many of a stratum's `number` people each of its queues gives."""
    if overlap is None:
        return [number]
    drawn, listed, new = populations
    total = drawn + listed + new
    from_new = (2 * number * new + total) // (2 * total)
    from_new = min(new, max(number - drawn - listed, from_new))
    rest = number - from_new
    from_drawn = min(drawn, (rest * overlap + 50) // 100)
    from_listed = min(listed, rest - from_drawn)
    return [rest - from_listed, from_listed, from_new]


# ---- Section 5: the seed ---------------------------------------------------------------------------------------------
def is_plain(text):
    """Section 5: whether a text may be the name, source or value of a contribution."""
    if not 1 <= len(text) <= 200 or "|" in text or CONTROL_CHARACTER.search(text):
        return False
    return text == text.strip(" \xa0\u3000")


def seed_header(certificate):
    """Section 5: the two lines that every commitment and the seed contain: the fingerprint and the plan digest."""
    plan_digest = sha256(canonical_json(certificate["plan"]))
    return f"{certificate['frame']['fingerprint']}\n{plan_digest}\n"


def commitment_of(header, contribution):
    """Section 5: the commitment that a contribution must have; an empty text for a public source."""
    if contribution["kind"] == "public":
        return ""
    return sha256(f"seed-commitment-1\n{header}{contribution['name']}\n{contribution['value']}")


def seed_of(header, contributions):
    """Section 5: the seed that follows from all contributions, in their order."""
    lines = [f"{contribution['name']}\t{contribution['value']}\n" for contribution in contributions]
    return sha256(f"seed-join-1\n{header}{''.join(lines)}")


def ticket_of(seed, key):
    """Section 5: the ticket of the person with this key."""
    return sha256(f"{seed}|{key}")


# ---- Section 6: the certificate --------------------------------------------------------------------------------------
def is_kind(value, kind):
    """Section 6: whether a value is of that kind; what a kind means is said in sections 1, 2, 5 and 6."""
    if kind == "text":
        return isinstance(value, str) and len(value) <= 400 and not CONTROL_CHARACTER.search(value)
    if kind == "key":
        return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None
    if kind == "digest":
        return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "spread":
        return isinstance(value, dict) and all(is_plain(code) and is_kind(value[code], "positive") for code in value)
    if kind == "overlap" and value is None:
        return True
    least, most = {"number": (0, 10**9), "positive": (1, 10**9), "overlap": (0, 100)}[kind]
    return type(value) is int and least <= value <= most  # neither 1.0 nor true is a whole number here


# What each field holds: {…} an object of exactly these fields, […] a list of such values, (…) one of these words, "…" a
# value of that kind.
# fmt: off
FRAME = {"fingerprint": "digest", "form": ("frame-2",), "people": "number", "priority": "number"}
RULE = {"full_coverage": "flag", "population": "number", "reading": ("priority", "everyone"), "required": "number"}
VOIDED = {"at": "text", "digest": "text", "reason": "text"}
PERSON = {"key": "key", "ticket": "digest"}
QUEUE = {"allocated": "number", "drawn": [PERSON], "population": "number", "queue": "text"}
CERTIFICATE = {
    "algorithm": ("ticket-sha256-1",), "digest": "digest", "drawn_at": "text", "evaluation": "text",
    "format": ("draw-certificate-2",), "frame": FRAME,
    "plan": {
        "area_minimum": "number", "block": "positive", "general": "number", "minimum": "number",
        "method": ("proportional", "equal", "neyman", "power"), "overlap": "overlap",
        "protocol": ("block", "one_for_one", "supervisor", "none"), "size": "positive", "spread": "spread",
        "strata": [("area", "village", "group", "priority")],
    },
    "register": "digest",
    "replacements": [{
        "at": "text", "key": "key", "outcome": "text", "queue": "text", "replaces": "key", "stratum": "text",
        "ticket": "digest",
    }],
    "rule": RULE,
    "seed": {
        "contributions": [{
            "name": "text", "kind": ("committed", "public", "system"), "source": "text", "commitment": "text",
            "value": "text",
        }],
        "join": ("seed-join-1",), "value": "digest",
    },
    "strata": [{
        "allocated": "number", "area": "text", "part": ("main", "general"), "population": "number",
        "stratum": "text", "queues": [QUEUE],
    }],
    "voided": [VOIDED],
}
COVERAGE = {
    "confirmed_at": "text", "digest": "digest", "evaluation": "text", "format": ("coverage-certificate-1",),
    "frame": FRAME, "people": ["key"], "rule": RULE, "voided": [VOIDED],
}
# fmt: on


def is_coverage(certificate):
    """Section 6: whether the certificate states that everyone is asked, and that nobody was drawn."""
    return isinstance(certificate, dict) and certificate.get("format") == "coverage-certificate-1"


def has_shape(value, shape):
    """Section 6: whether a value is what one entry of the table above asks for."""
    if isinstance(shape, dict):
        if not isinstance(value, dict) or set(value) != set(shape):
            return False
        return all(has_shape(value[name], shape[name]) for name in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(has_shape(item, shape[0]) for item in value)
    if isinstance(shape, tuple):
        return isinstance(value, str) and value in shape
    return is_kind(value, shape)


def strata_of_part(certificate, part):
    """Section 6: the strata of the main or of the general part."""
    return [stratum for stratum in certificate["strata"] if stratum["part"] == part]


def queues_listed(certificate):
    """Section 6: every queue of the certificate, as (stratum, queue)."""
    return [(stratum, queue) for stratum in certificate["strata"] for queue in stratum["queues"]]


def people_listed(certificate):
    """Section 6: the sample, then the replacements as they were released: ((stratum, queue), person) of each."""
    listed = []
    for stratum, queue in queues_listed(certificate):
        listed += [((stratum["stratum"], queue["queue"]), person) for person in queue["drawn"]]
    for person in certificate["replacements"]:
        listed.append(((person["stratum"], person["queue"]), person))
    return listed


# ---- Section 7: the checks; each gives the places where it fails -----------------------------------------------------
def check_shape(certificate):
    """Section 7, `shape`: every field is there, none beside them, and each holds what section 6 says."""
    fields = COVERAGE if is_coverage(certificate) else CERTIFICATE
    if not isinstance(certificate, dict) or set(certificate) != set(fields):
        return ["fields"]
    wrong = [name for name in fields if not has_shape(certificate[name], fields[name])]
    if not wrong and not is_coverage(certificate) and not plan_fits_together(certificate["plan"]):
        wrong = ["plan"]
    return wrong


def check_digest(certificate):
    """Section 7, `digest`: the stated digest is that of the content (section 6)."""
    outside = ("digest", "register", "replacements")
    content = {name: value for name, value in certificate.items() if name not in outside}
    return [] if certificate["digest"] == sha256(canonical_json(content)) else ["digest"]


def check_register(certificate):
    """Section 7, `register`: the stated register is that of the digest and the replacements (section 6)."""
    content = {"digest": certificate["digest"], "replacements": certificate["replacements"]}
    return [] if certificate["register"] == sha256(canonical_json(content)) else ["register"]


def check_rule(certificate):
    """Section 7, `rule`: the numbers of the rule follow from the frame, and the plan asks as many people as it must."""
    rule, frame = certificate["rule"], certificate["frame"]
    everyone = rule["reading"] == "everyone"
    population = frame["people"] if everyone else frame["priority"]
    general = frame["people"] - frame["priority"]
    required = min(population, 100)
    wrong = []
    if (rule["population"], rule["required"], rule["full_coverage"]) != (population, required, population <= 100):
        wrong.append("rule")
    if population == 0 or general < 0:
        wrong.append("frame")
    if not is_coverage(certificate) and certificate["plan"]["general"] > (0 if everyone else general):
        wrong.append("plan.general")
    if not is_coverage(certificate) and not required <= certificate["plan"]["size"] <= population:
        wrong.append("plan.size")
    return wrong


def check_people(certificate):
    """Section 7, `people`: as many are listed as the rule counts, in order, and nobody twice."""
    people = certificate["people"]
    return [] if people == sorted(set(people)) and len(people) == certificate["rule"]["population"] else ["people"]


def check_strata(certificate):
    """Section 7, `strata`: the strata are in order, and their populations and queues add up (section 3)."""
    plan, strata = certificate["plan"], certificate["strata"]
    codes = [stratum["stratum"] for stratum in strata]
    wrong = []
    if codes != sorted(set(codes)):
        wrong.append("codes")
    if plan["method"] == "neyman" and set(plan["spread"]) != set(codes):
        wrong.append("plan.spread")
    for stratum in strata:
        names = [queue["queue"] for queue in stratum["queues"]]
        people = sum(queue["population"] for queue in stratum["queues"])
        if names != queue_names(plan) or stratum["population"] != people or people == 0:
            wrong.append(stratum["stratum"])
    return wrong + check_sums(certificate)


def check_sums(certificate):
    """Section 7, `strata`: the strata of each part hold, together, as many people as the rule and the frame say."""
    main, general = certificate["rule"]["population"], 0
    if certificate["plan"]["general"] > 0:
        general = certificate["frame"]["people"] - certificate["frame"]["priority"]
    in_main = sum(stratum["population"] for stratum in strata_of_part(certificate, "main"))
    in_general = sum(stratum["population"] for stratum in strata_of_part(certificate, "general"))
    return [] if (in_main, in_general) == (main, general) else ["sums"]


def check_allocation(certificate):
    """Section 7, `allocation`: every stratum and queue gives its share (section 4), and as many people are listed."""
    plan = certificate["plan"]
    shares = allocate(plan, strata_of_part(certificate, "main"), plan["size"], plan["area_minimum"])
    shares.update(allocate(plan, strata_of_part(certificate, "general"), plan["general"], 0))
    wrong = []
    for stratum in certificate["strata"]:
        number = shares[stratum["stratum"]]
        queues = stratum["queues"]
        of_queues = allocate_to_queues(plan["overlap"], number, [queue["population"] for queue in queues])
        stated = [queue["allocated"] for queue in queues]
        listed = [len(queue["drawn"]) for queue in queues]
        if stratum["allocated"] != number or stated != of_queues or listed != of_queues:
            wrong.append(stratum["stratum"])
    return wrong


def check_seed(certificate):
    """Section 7, `seed`: the contributions are well formed, keep their commitments and give the stated seed."""
    seed = certificate["seed"]
    contributions, header = seed["contributions"], seed_header(certificate)
    wrong = []
    for contribution in contributions:
        plain = all(is_plain(contribution[field]) for field in ("name", "source", "value"))
        if not plain or contribution["commitment"] != commitment_of(header, contribution):
            wrong.append(contribution["name"])
    names = [contribution["name"] for contribution in contributions]
    kinds = [contribution["kind"] for contribution in contributions]
    enough = "public" in kinds or kinds.count("committed") >= 2
    if len(set(names)) != len(names) or len(names) > 20 or not enough:
        wrong.append("parties")
    if seed["value"] != seed_of(header, contributions):
        wrong.append("value")
    return wrong


def check_tickets(certificate):
    """Section 7, `tickets`: the tickets are those of the keys, every queue is in order, and nobody is there twice."""
    seed = certificate["seed"]["value"]
    last_of_queue, seen, wrong = {}, set(), []
    for place, person in people_listed(certificate):
        key, ticket = person["key"], person["ticket"]
        in_order = place not in last_of_queue or last_of_queue[place] < (ticket, key)
        if ticket != ticket_of(seed, key) or key in seen or not in_order:
            wrong.append(key)
        last_of_queue[place] = (ticket, key)
        seen.add(key)
    return wrong


def check_replacements(certificate):
    """Section 7, `replacements`: each is of the queue of somebody lost, who is replaced once, while people are left."""
    left = {}
    for stratum, queue in queues_listed(certificate):
        left[stratum["stratum"], queue["queue"]] = queue["population"]
    place_of_key, replaced, wrong = {}, set(), []
    for place, person in people_listed(certificate):
        if "replaces" in person:  # a replacement, and nobody of the sample
            lost = person["replaces"]
            allowed = certificate["plan"]["protocol"] != "none" and left.get(place, 0) > 0
            if not allowed or place_of_key.get(lost) != place or lost in replaced:
                wrong.append(person["key"])
            replaced.add(lost)
        left[place] = left.get(place, 0) - 1
        place_of_key.setdefault(person["key"], place)
    return wrong


def queues_of_frame(certificate, people):
    """Section 3: everyone who can be drawn: (stratum, queue, area, part) → their (ticket, key), in order."""
    queues = {}
    for person in people:
        place = place_of(certificate, person)
        if place is not None:
            ticket = ticket_of(certificate["seed"]["value"], person["key"])
            queues.setdefault(place, []).append((ticket, person["key"]))
    return {place: sorted(queue) for place, queue in queues.items()}


def check_populations(certificate, queues):
    """Section 7, `frame`: strata, areas, parts and the populations of the queues are those of the frame."""
    stated = {}
    for stratum, queue in queues_listed(certificate):
        if queue["population"] > 0:
            place = (stratum["stratum"], queue["queue"], stratum["area"], stratum["part"])
            stated[place] = queue["population"]
    counted = {place: len(queue) for place, queue in queues.items()}
    return [] if stated == counted else ["strata"]


def check_selection(certificate, queues):
    """Section 7, `frame`: sample and replacements of every queue are the first people of that queue."""
    order = {place[:2]: [key for _ticket, key in queue] for place, queue in queues.items()}
    taken = {}
    for place, person in people_listed(certificate):
        taken.setdefault(place, []).append(person["key"])
    return ["/".join(place) for place, keys in taken.items() if keys != order.get(place, [])[: len(keys)]]


def check_frame(certificate, data):
    """Section 7, `frame`: the list of everyone is the one that was sealed, and the draw follows from it."""
    try:
        people = read_frame(data)
    except ValueError:
        return ["frame.txt"]
    frame, priority = certificate["frame"], [person for person in people if person["categories"]]
    wrong = []
    if frame["fingerprint"] != hashlib.sha256(data).hexdigest():
        wrong.append("fingerprint")
    if frame["people"] != len(people) or frame["priority"] != len(priority):
        wrong.append("numbers")
    if is_coverage(certificate):
        asked = people if certificate["rule"]["reading"] == "everyone" else priority
        return wrong + ([] if certificate["people"] == [person["key"] for person in asked] else ["people"])
    queues = queues_of_frame(certificate, people)
    return wrong + check_populations(certificate, queues) + check_selection(certificate, queues)


def check_everyone(certificate):
    """Section 7: the check of a certificate by which everyone is asked that no other certificate has."""
    return {"people": check_people(certificate)}


def check_draw(certificate):
    """Section 7: the checks of the certificate of a draw that need neither digest nor rule nor frame."""
    places = {"register": check_register(certificate), "strata": check_strata(certificate)}
    if not check_rule(certificate) and not places["strata"]:
        places["allocation"] = check_allocation(certificate)
    places["seed"] = check_seed(certificate)
    places["tickets"] = check_tickets(certificate)
    places["replacements"] = check_replacements(certificate)
    return places


def check(certificate, frame=None):
    """Section 7: every check that fails, as (name, place), for any JSON value and the bytes of frame.txt, if there."""
    places = {"shape": check_shape(certificate)}
    if not places["shape"]:
        places["digest"] = check_digest(certificate)
        places["rule"] = check_rule(certificate)
        places.update(check_everyone(certificate) if is_coverage(certificate) else check_draw(certificate))
        if frame is not None:
            places["frame"] = check_frame(certificate, frame)
    return [(name, place) for name in places for place in places[name]]


# ---- The command line ------------------------------------------------------------------------------------------------
FIELD_TWICE = object()  # stands where a JSON object names a field twice: no shape allows it


def object_of(pairs):
    """An object of the JSON text, from its names and values."""
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else FIELD_TWICE


def main(names):
    """Check the files of these names and print what fails; exit code 0 when everything agrees, 1 otherwise."""
    if not names:
        sys.exit("用法：python verify_draw.py certificate.json [frame.txt]")
    try:
        files = [pathlib.Path(name).read_bytes() for name in names]
        certificate = json.loads(files[0], object_pairs_hook=object_of)
    except OSError as error:
        sys.exit(f"读不出文件：{error}")
    except (ValueError, RecursionError):
        sys.exit(f"读不出文件：{names[0]} 里面不是 JSON，或嵌套太深。")
    failed = check(certificate, *files[1:])
    sys.stdout.reconfigure(errors="backslashreplace")  # a character that the screen lacks is printed as its number
    for name, place in failed:
        print(f"{name}：{place}")
    print("不一致。" if failed else "一致。")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:3])
