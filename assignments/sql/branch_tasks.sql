-- Rules between rows of the tasks that a branch gives its members.

-- The meeting that discussed the draft is one of the branch.
CREATE FUNCTION check_branch_task_plan() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.discussed_at_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM branches_meeting m
        WHERE m.id = NEW.discussed_at_id AND m.branch_id = NEW.branch_id
    ) THEN
        PERFORM refuse('branch_tasks_discussed_by_the_branch', format(
            'meeting %s is none of the branch %s', NEW.discussed_at_id, NEW.branch_id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_branch_task_plan AFTER INSERT OR UPDATE ON assignments_branchtaskplan
FOR EACH ROW EXECUTE FUNCTION check_branch_task_plan();

-- A resolution makes tasks of its own branch and year binding, which no assignment is behind.
CREATE FUNCTION check_given_task() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM assignments_task t
        JOIN assignments_branchtaskplan p ON p.branch_id = t.organization_id AND p.year = t.year
        WHERE t.id = NEW.task_id AND p.id = NEW.plan_id AND t.assignment_id IS NULL
            AND p.resolved_on IS NOT NULL
    ) THEN
        PERFORM refuse('given_task_of_the_branch', format(
            'task %s is none that the branch of plan %s gave by a resolution in its year',
            NEW.task_id, NEW.plan_id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_given_task AFTER INSERT ON assignments_giventask
FOR EACH ROW EXECUTE FUNCTION check_given_task();

-- A meeting checks what its own branch gave. A task may go to another branch afterwards: what was
-- checked stays.
CREATE FUNCTION check_task_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM assignments_task t
        JOIN branches_meeting m ON m.branch_id = t.organization_id
        WHERE t.id = NEW.task_id AND m.id = NEW.meeting_id AND t.assignment_id IS NULL
    ) THEN
        PERFORM refuse('task_check_at_a_meeting_of_the_branch', format(
            'task %s is none that the branch of meeting %s gave', NEW.task_id, NEW.meeting_id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_task_check AFTER INSERT OR UPDATE OF task_id, meeting_id
ON assignments_taskcheck
FOR EACH ROW EXECUTE FUNCTION check_task_check();

-- How a member does what the branch gave; a cadre's registered task says it itself.
CREATE FUNCTION check_own_plan() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM assignments_task t WHERE t.id = NEW.task_id AND t.assignment_id IS NOT NULL
    ) THEN
        PERFORM refuse('own_plan_of_a_branch_task', format(
            'task %s is none that a branch gave', NEW.task_id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_own_plan AFTER INSERT OR UPDATE OF task_id ON assignments_ownplan
FOR EACH ROW EXECUTE FUNCTION check_own_plan();

SELECT refuse_merged_members('assignments_fitness');
