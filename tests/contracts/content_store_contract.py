"""What every `ContentStore` promises: all of its parts in one suite."""

from contracts.content.dependents_contract import FreshnessContract, PlainSetsContract, ThreadsContract
from contracts.content.documents_contract import DocumentsContract, DocumentSourcesContract
from contracts.content.entities_contract import BurialContract, EntitiesContract, MoveContract
from contracts.content.jobs_contract import JobsContract, UnsettledJobsContract
from contracts.content.projects_contract import ProjectsContract
from contracts.content.queues_contract import CursorsContract, DirtySourcesContract, QuarantineContract
from contracts.content.transactions_contract import TransactionsContract


class ContentStoreContract(
    TransactionsContract,
    ProjectsContract,
    EntitiesContract,
    BurialContract,
    MoveContract,
    FreshnessContract,
    ThreadsContract,
    PlainSetsContract,
    JobsContract,
    UnsettledJobsContract,
    CursorsContract,
    DirtySourcesContract,
    QuarantineContract,
    DocumentSourcesContract,
    DocumentsContract,
):
    """Give `locks` and `store`, new and empty: see `contracts.content.opened_store.OpenedStore`."""
