"""Errors about credentials."""

from tintype.errors import CredentialsError, NoCredentials, TintypeError


def test_a_file_without_credentials_is_named():
    error = NoCredentials("a.jpg")
    assert str(error) == "a.jpg: there are no Content Credentials in this file"
    assert isinstance(error, CredentialsError) and isinstance(error, TintypeError)
