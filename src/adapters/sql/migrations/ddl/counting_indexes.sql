CREATE INDEX notes_said_by_author ON notes (author_id, created_at, project_id, discussion_id)
WHERE system = 0 AND deleted_at IS NULL;

CREATE INDEX notes_by_gitlab_itself ON notes (project_id) WHERE system = 1 AND deleted_at IS NULL;

CREATE INDEX notes_gone ON notes (project_id) WHERE deleted_at IS NOT NULL;

CREATE INDEX discussions_gone ON discussions (project_id) WHERE deleted_at IS NOT NULL;

CREATE INDEX issues_gone ON issues (project_id) WHERE deleted_at IS NOT NULL;

CREATE INDEX merge_requests_gone ON merge_requests (project_id) WHERE deleted_at IS NOT NULL;

DROP INDEX notes_by_new_path;

DROP INDEX notes_by_old_path;

CREATE INDEX notes_by_new_path ON notes (new_path, created_at, project_id, discussion_id, system, deleted_at)
WHERE new_path IS NOT NULL;

CREATE INDEX notes_by_old_path ON notes (old_path, created_at, project_id, discussion_id, system, deleted_at)
WHERE old_path IS NOT NULL;
