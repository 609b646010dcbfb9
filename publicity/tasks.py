from celery import shared_task

from publicity.certificate_paper import make_certificates as make_missing_certificates
from publicity.services import links


@shared_task
def make_certificates() -> int:
    """Print the certificates that were issued and are not on paper yet; safe to run twice."""
    return make_missing_certificates()


@shared_task
def check_links() -> int:
    """Look at the links of the register that are due; safe to run twice, beside itself, and to be killed."""
    return links.check_links()


@shared_task
def keep_page(coverage_id: int) -> bool:
    """Fetch and keep the page behind the link of an entry; safe to run twice."""
    return links.fetch_page(coverage_id=coverage_id)


@shared_task
def keep_pages() -> int:
    """Fetch the pages nobody has tried to keep yet; safe to run twice."""
    return links.fetch_missing()
