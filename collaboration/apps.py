from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    name = "collaboration"
    verbose_name = "Samverkan"

    def ready(self) -> None:
        from collaboration import (  # noqa: PLC0415 -- they connect here
            closing,  # noqa: F401
            holdings,  # noqa: F401
            http,  # noqa: F401
            invitations,  # noqa: F401
            letters,  # noqa: F401
            measures,  # noqa: F401
            reading_up,  # noqa: F401
            receivers,  # noqa: F401
        )
