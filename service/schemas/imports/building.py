"""From plain data to a mapping: every mistake in it is found at once, and named by its dotted path."""

from __future__ import annotations

from service.errors import FieldError, Invalid
from service.schemas.imports.issues import mapping_error
from service.schemas.imports.mapping import Head, Mapping
from service.schemas.imports.options import build
from service.schemas.imports.rules import FieldRule, IdRule, build_rule
from service.schemas.imports.targets import TARGETS

TABLES = ("external_id", "organisation", "fields")
ORGANISATION = ("name", "external_id")


def build_mapping(plain: object) -> Mapping:
    """Check plain data and make a mapping of it. Raises Invalid with every mistake by its dotted path."""
    if not isinstance(plain, dict):
        raise Invalid(mapping_error("mapping", "not_a_mapping", reason="a table is expected"))
    errors: list[FieldError] = []
    tables = {name: plain.get(name, {}) for name in TABLES}
    head = build(Head, {name: value for name, value in plain.items() if name not in TABLES}, "", errors)
    external_id = build(IdRule, tables["external_id"], "external_id", errors)
    kind = str(plain.get("kind"))
    fields = _rules(tables["fields"], "fields", TARGETS.get(kind, {}), errors)
    organisation = _organisation(kind, tables["organisation"], errors)
    if errors or head is None or external_id is None:
        raise Invalid(*errors)
    return Mapping(plain, head, external_id, organisation, fields)


def _rules(
    tables: object, path: str, targets: dict[str, str], errors: list[FieldError]
) -> tuple[FieldRule, ...]:
    if not isinstance(tables, dict) or not tables:
        errors.append(mapping_error(path, "option_missing"))
        return ()
    known = ", ".join(sorted(targets))
    rules = []
    for name, options in tables.items():
        if name in targets:
            field = name if path == "fields" else f"{path}.{name}"
            rules.append(build_rule(field, targets[name], options, f"{path}.{name}", errors))
        elif targets:  # without a kind nothing can be said of its fields
            errors.append(mapping_error(f"{path}.{name}", "unknown_target", known=known))
    return tuple(rule for rule in rules if rule is not None)


def _organisation(kind: str, tables: object, errors: list[FieldError]) -> tuple[FieldRule, ...]:
    if kind == "needs":
        return _rules(tables, "organisation", dict.fromkeys(ORGANISATION, "text"), errors)
    if tables:
        errors.append(mapping_error("organisation", "unknown_option", known="external_id, fields"))
    return ()
