"""People and teams as SCIM has them: only what the directory keeps; all else is dropped unread."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    GroupMembership,
    Meta,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.urn import URN

from surveys.models.people import Person, Team

MAX_RESULTS = 200
#: characters of a name or a number that a provider gives
MAX_ID_LENGTH = 254


class Name(ComplexAttribute):
    """A person's name; the parts only help where no whole name is sent, and are not kept."""

    formatted: str | None = None
    given_name: Annotated[str | None, Mutability.write_only, Returned.never] = None
    family_name: Annotated[str | None, Mutability.write_only, Returned.never] = None


class Email(ComplexAttribute):
    """An address; the directory keeps one: the primary, else the first for work, else the first."""

    value: Annotated[str | None, Required.true] = None
    type: str | None = None
    primary: bool | None = None


class User(Resource[AnyExtension]):
    """A person of the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    preferred_language: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None


class EnterpriseUser(Extension):
    """Of a person's work only the department is kept: it is the team."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    department: str | None = None


class GroupMember(ComplexAttribute):
    """A person in a team."""

    value: Annotated[str | None, Mutability.immutable, Required.true] = None
    ref: Annotated[
        Reference["User"] | None,  # type: ignore[type-arg]
        Mutability.immutable,
    ] = Field(None, serialization_alias="$ref", validation_alias="$ref")


class Group(Resource[Any]):
    """A team of the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    members: list[GroupMember] | None = None


Employee = User[EnterpriseUser]


def description(by_department: bool) -> ScimProvider:
    """What we offer, and how far a provider may stray from the standard: as the large ones do."""
    people: type[Resource[Any]] = Employee if by_department else User
    return ScimProvider(
        models=[User, EnterpriseUser, Group] if by_department else [User, Group],
        resource_types=[ResourceType.from_resource(kind) for kind in (people, Group)],
        config=ServiceProviderConfig(
            patch=Patch(supported=True),
            bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=True, max_results=MAX_RESULTS),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=False),
            etag=ETag(supported=True),
            authentication_schemes=[
                AuthenticationScheme(
                    type=AuthenticationScheme.Type.oauthbearertoken,
                    name="Token",
                    description="A token made by HR, in the header Authorization: Bearer",
                )
            ],
        ),
        policy=ScimPolicy(
            unknown=ScimPolicy.Unknown.ignore,
            remove_value_as_filter=ScimPolicy.RemoveValue.apply,
            unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
        ),
    )


def user_name_of(person: Person) -> str:
    """The name under which a provider knows the person; before it does, the address."""
    return person.user_name or person.email


def user_of(person: Person, by_department: bool) -> User[Any]:
    """The person as a SCIM resource; the department is said only where it decides the team."""
    team = person.team if person.team.active else None
    user = (Employee if by_department else User)(
        id=str(person.id),
        external_id=person.external_id,
        user_name=user_name_of(person),
        display_name=person.name,
        name=Name(formatted=person.name),
        preferred_language=person.language,
        active=person.active,
        emails=[Email(value=person.email, type="work", primary=True)],
    )
    if team is not None:
        place = {"value": str(team.id), "$ref": f"Groups/{team.id}", "display": team.name}
        user.groups = [GroupMembership.model_validate(place)]
        if by_department:
            user[EnterpriseUser] = EnterpriseUser(department=team.name)
    user.meta = Meta(resource_type="User", version=_version(user))
    return user


def group_of(team: Team, members: Sequence[Person]) -> Group:
    """The team as a SCIM resource, with its people by number."""
    people = [{"value": str(person.id), "$ref": f"Users/{person.id}"} for person in members]
    group = Group(
        id=str(team.id),
        external_id=team.external_id,
        display_name=team.name,
        members=[GroupMember.model_validate(person) for person in people] or None,
    )
    group.meta = Meta(resource_type="Group", version=_version(group))
    return group


def _version(resource: Resource[Any]) -> str:
    """Changes with the content, so no time of a change needs to be kept."""
    content = resource.model_dump_json(exclude={"meta"})
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:16]}"'
