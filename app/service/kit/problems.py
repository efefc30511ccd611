"""The one exception by which a use case refuses: it becomes a problem document or a sync conflict."""

from app.contracts.errors import CATALOGUE, ErrorCode, FieldProblem
from app.kernel.errors import RuleError


class ProblemError(RuleError):
    """A documented refusal; whatever the transaction did is rolled back.

    Args:
        error_code: One of the catalogue.
        en: What exactly is wrong, in English; the catalogue's title if left out.
        ru: The same in Russian.
        errors: The wrong fields, for VALIDATION_ERROR.
        retry_after_s: After how many seconds it may be tried again; becomes Retry-After.
    """

    def __init__(
        self,
        error_code: ErrorCode,
        en: str = "",
        ru: str = "",
        errors: tuple[FieldProblem, ...] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        info = CATALOGUE[error_code]
        super().__init__(error_code.value, ru or info.title_ru, en or info.title)
        self.error_code = error_code
        self.status = info.status
        self.errors = errors
        self.retry_after_s = retry_after_s
