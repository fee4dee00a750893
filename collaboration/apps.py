from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    name = "collaboration"
    verbose_name = "Samverkan"

    def ready(self) -> None:
        from collaboration import invitations, letters, receivers  # noqa: F401, PLC0415 -- they connect here
