from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        from documents import making  # noqa: F401, PLC0415 -- it keeps the outbox's promises
