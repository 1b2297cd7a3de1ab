"""The directory as the store behind SCIM: each request one transaction, each change in the log."""

from collections.abc import Callable
from typing import Any, cast

from flask_babel import gettext as _
from scim2_models import (
    ForbiddenException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    SearchRequest,
)
from scim2_models.path import CompareOperator, Comparison, LogicalExpr, LogicalOperator
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from surveys.access import audit
from surveys.directory import undoing
from surveys.integrations.scim import people, teams
from surveys.integrations.scim.documents import Group, User, group_of, user_of
from surveys.integrations.scim.people import key_of, named
from surveys.integrations.scim.teams import KNOWN, number_of
from surveys.models.people import Person, Team

#: comparisons that the database makes by itself, so that a provider's look-up reads one row
NARROW: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "User id": lambda value: Person.id == number_of(value),
    "User user_name": lambda value: named(key_of(value)),
    "User external_id": lambda value: Person.external_id == value,
    "User emails.value": lambda value: Person.email == value.lower(),
    "Group id": lambda value: Team.id == number_of(value),
    "Group display_name": lambda value: func.lower(Team.name) == value.lower(),
}


class DirectoryStorage(ScimStorage):
    """Reads and writes people and teams for one request, as `actor`, in one session."""

    def __init__(self, session: Session, actor: str, by_department: bool) -> None:
        self.session, self.actor, self.by_department = session, actor, by_department

    def get(
        self, resource_type: ResourceType, resource_id: str, *, response_parameters: Any = None
    ) -> Resource[Any]:
        """One person or team; raises NotFoundException."""
        if resource_type.name == "Group":
            return self._shown(self._team(resource_id))
        return user_of(self._person(resource_id), self.by_department)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """One page of people or teams, in the order of their numbers."""
        kind = str(resource_types[0].name)
        first = search_request.start_index_0 or 0
        query: Select[Any] = (
            select(Team).where(Team.active).order_by(Team.id)
            if kind == "Group"
            else select(Person).where(KNOWN).options(joinedload(Person.team)).order_by(Person.id)
        )
        if search_request.filter is None:
            total = self.session.scalar(
                select(func.count()).select_from(query.order_by(None).subquery())
            )
            page = query.offset(first).limit(search_request.count)
            return SearchPage(total or 0, self._resources(kind, page))
        for condition in _conditions(kind, search_request.filter):
            query = query.where(condition)
        found = [r for r in self._resources(kind, query) if search_request.filter.match(r)]
        last = None if search_request.count is None else first + search_request.count
        return SearchPage(len(found), found[first:last])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """A new person or team, or one from the directory that no provider knew yet."""
        if resource_type.name == "Group":
            self._teams_are_theirs()
            team = teams.make_team(self.session, cast(Group, resource))
            self._log("added a team", team=team.name)
            return self._shown(team)
        sent = cast(User[Any], resource)
        sent.active = sent.active is not False
        who = people.wanted(sent, None, self.by_department)
        known = people.claimed(self.session, who)
        who = people.wanted(sent, known, self.by_department)
        person = people.write(self.session, known, who)
        self._log("changed a person" if known else "added a person", person=person.id)
        return user_of(person, self.by_department)

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """The whole new state of a person or a team."""
        ident = str(resource.id)
        self._unchanged(resource_type, ident, expected_version)
        if resource_type.name == "Group":
            self._teams_are_theirs()
            team = self._team(ident)
            teams.change_team(self.session, team, cast(Group, resource))
            self._log("changed a team", team=team.name)
            return self._shown(team)
        person = self._person(ident)
        who = people.wanted(cast(User[Any], resource), person, self.by_department)
        if not people.same_as(person, who):
            people.write(self.session, person, who)
            self._log("changed a person", person=person.id)
        return user_of(person, self.by_department)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Whoever is deleted has left; a team that is deleted asks nobody and keeps its past."""
        self._unchanged(resource_type, resource_id, expected_version)
        if resource_type.name == "Group":
            self._teams_are_theirs()
            team = self._team(resource_id)
            teams.give_up_team(self.session, team)
            self._log("took a team out", team=team.name)
        else:
            person = self._person(resource_id)
            people.take_out(self.session, person)
            self._log("took a person out", person=person.id)

    def _person(self, ident: str) -> Person:
        person = self.session.get(Person, number_of(ident))
        if person is None or not (person.active or person.user_name is not None):
            raise NotFoundException(detail=_("There is no person of this number."))
        return person

    def _team(self, ident: str) -> Team:
        team = self.session.get(Team, number_of(ident))
        if team is None or not team.active:
            raise NotFoundException(detail=_("There is no team of this number."))
        return team

    def _shown(self, team: Team) -> Group:
        return group_of(team, teams.members_of(self.session, [team])[team.id])

    def _resources(self, kind: str, query: Select[Any]) -> list[Resource[Any]]:
        rows = self.session.scalars(query).all()
        if kind == "Group":
            members = teams.members_of(self.session, rows)
            return [group_of(team, members[team.id]) for team in rows]
        return [user_of(person, self.by_department) for person in rows]

    def _unchanged(self, kind: ResourceType, ident: str, version: str | None) -> None:
        if version is not None:
            meta = self.get(kind, ident).meta
            if meta is None or meta.version != version:
                raise PreconditionFailedException

    def _teams_are_theirs(self) -> None:
        if self.by_department:
            raise ForbiddenException(
                detail=_(
                    "Here a person's team is their department, so groups are only read. "
                    "TRIBOMETER_SCIM_TEAMS=groups makes groups the teams."
                )
            )

    def _log(self, action: str, **detail: Any) -> None:
        # What HR could undo was the last file; it is not the last change any more.
        undoing.forget(self.session)
        audit.record(self.session, self.actor, action, **detail)


def _conditions(kind: str, wanted: Any) -> list[ColumnElement[bool]]:
    """What of a filter the database can do beforehand: equalities that all must hold."""
    tree = wanted.ast
    all_of = isinstance(tree, LogicalExpr) and tree.op == LogicalOperator.and_
    found = []
    for node in tree.terms if all_of else [tree]:
        if not isinstance(node, Comparison) or node.op != CompareOperator.eq:
            continue
        place = wanted.resolve_comparison(node.attr_path, strict=False)
        if place is None or not isinstance(node.value, str) or not node.value.isascii():
            continue
        names = [name for name in (place.field_name, place.sub_field_name) if name]
        narrow = NARROW.get(f"{kind} {'.'.join(names)}")
        if narrow is not None and "\x00" not in node.value:
            found.append(narrow(node.value))
    return found
