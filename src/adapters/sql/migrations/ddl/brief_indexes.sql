DROP INDEX ix_mr_file_changes_merge_request_id;

DROP INDEX mr_file_changes_by_new_path;

DROP INDEX mr_file_changes_by_old_path;

CREATE INDEX mr_file_changes_by_merge_request ON mr_file_changes (merge_request_id, new_path, old_path);

CREATE INDEX mr_file_changes_by_new_path ON mr_file_changes (project_id, new_path, merge_request_id, old_path, new_file, deleted_file);

CREATE INDEX mr_file_changes_by_old_path ON mr_file_changes (project_id, old_path, merge_request_id, new_path, new_file, deleted_file);

CREATE INDEX merge_requests_in_brief ON merge_requests (project_id, iid, state, created_at, merged_at, closed_at, target_branch, author_id, deleted_at);

CREATE INDEX notes_in_brief ON notes (discussion_id, created_at, gitlab_id, author_id, system, deleted_at, new_path, old_path);
