-- The application's tables as production has them, for the demo and the tests.

CREATE TABLE leagues (
    id serial PRIMARY KEY,
    league_id varchar(255) NOT NULL UNIQUE,
    league_name varchar(255) NOT NULL,
    league_url varchar(512),
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);

CREATE TABLE clubs (
    id serial PRIMARY KEY,
    name varchar(255) NOT NULL UNIQUE,
    club_address varchar(500),
    logo_filename varchar(500),
    updated_at timestamptz DEFAULT now()
);

CREATE TABLE series (
    id serial PRIMARY KEY,
    name varchar(255) NOT NULL UNIQUE,
    display_name varchar(255) NOT NULL,
    updated_at timestamptz DEFAULT now()
);

CREATE TABLE club_leagues (
    id serial PRIMARY KEY,
    club_id int NOT NULL REFERENCES clubs (id),
    league_id int NOT NULL REFERENCES leagues (id),
    created_at timestamptz DEFAULT now(),
    UNIQUE (club_id, league_id)
);

CREATE TABLE series_leagues (
    id serial PRIMARY KEY,
    series_id int NOT NULL REFERENCES series (id),
    league_id int NOT NULL REFERENCES leagues (id),
    created_at timestamptz DEFAULT now(),
    UNIQUE (series_id, league_id)
);

CREATE TABLE teams (
    id serial PRIMARY KEY,
    club_id int NOT NULL REFERENCES clubs (id),
    series_id int NOT NULL REFERENCES series (id),
    league_id int NOT NULL REFERENCES leagues (id),
    team_name varchar(255) NOT NULL,
    external_team_id varchar(255),
    is_active bool DEFAULT true,
    team_alias varchar(255),
    display_name varchar(255) NOT NULL,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT unique_team_club_series_league UNIQUE (club_id, series_id, league_id),
    CONSTRAINT unique_team_name_per_league UNIQUE (team_name, league_id)
);

CREATE FUNCTION update_teams_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END
$$;

CREATE TRIGGER teams_updated_at BEFORE UPDATE ON teams
    FOR EACH ROW EXECUTE FUNCTION update_teams_updated_at();

-- Each team foreign key exists twice, under two names, as in production.
CREATE TABLE schedule (
    id serial PRIMARY KEY,
    match_date date,
    match_time time,
    home_team text,
    away_team text,
    location text,
    created_at timestamptz DEFAULT now(),
    league_id int CONSTRAINT schedule_league_id_fkey REFERENCES leagues (id),
    home_team_id int,
    away_team_id int,
    CONSTRAINT schedule_home_team_id_fkey FOREIGN KEY (home_team_id) REFERENCES teams (id),
    CONSTRAINT schedule_away_team_id_fkey FOREIGN KEY (away_team_id) REFERENCES teams (id),
    CONSTRAINT fk_schedule_home_team FOREIGN KEY (home_team_id) REFERENCES teams (id),
    CONSTRAINT fk_schedule_away_team FOREIGN KEY (away_team_id) REFERENCES teams (id)
);

CREATE INDEX idx_schedule_date ON schedule (match_date);
CREATE INDEX idx_schedule_home_team_id ON schedule (home_team_id);
CREATE INDEX idx_schedule_away_team_id ON schedule (away_team_id);

CREATE TABLE players (
    id serial PRIMARY KEY,
    tenniscores_player_id varchar(255) NOT NULL,
    first_name varchar(255) NOT NULL,
    last_name varchar(255) NOT NULL,
    league_id int NOT NULL REFERENCES leagues (id),
    club_id int NOT NULL REFERENCES clubs (id),
    series_id int NOT NULL REFERENCES series (id),
    team_id int REFERENCES teams (id),
    pti numeric(10, 2),
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    UNIQUE (tenniscores_player_id, league_id, club_id, series_id)
);

CREATE INDEX idx_players_team_id ON players (team_id);

CREATE TABLE series_stats (
    id serial PRIMARY KEY,
    series varchar(255),
    team varchar(255),
    points int,
    matches_won int DEFAULT 0,
    matches_lost int DEFAULT 0,
    league_id int REFERENCES leagues (id),
    series_id int REFERENCES series (id),
    team_id int REFERENCES teams (id),
    created_at timestamptz DEFAULT now()
);

CREATE TABLE match_scores (
    id serial PRIMARY KEY,
    match_date date,
    home_team text,
    away_team text,
    scores text,
    winner text,
    league_id int REFERENCES leagues (id),
    home_team_id int REFERENCES teams (id),
    away_team_id int REFERENCES teams (id),
    created_at timestamptz DEFAULT now()
);

CREATE TABLE player_history (
    id serial PRIMARY KEY,
    player_id int REFERENCES players (id),
    league_id int REFERENCES leagues (id),
    series varchar(255),
    date date,
    end_pti numeric(10, 2),
    created_at timestamptz DEFAULT now()
);

-- From here on: owned by the web application, never by the ETL.

CREATE TABLE users (
    id serial PRIMARY KEY,
    email varchar(255) NOT NULL UNIQUE,
    password_hash varchar(255) NOT NULL,
    first_name varchar(255),
    last_name varchar(255),
    is_admin bool DEFAULT false,
    league_context int,
    created_at timestamptz DEFAULT now()
);

CREATE TABLE user_player_associations (
    user_id int NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tenniscores_player_id varchar(255) NOT NULL,
    created_at timestamptz DEFAULT now(),
    PRIMARY KEY (user_id, tenniscores_player_id)
);

CREATE TABLE practice_times (
    id serial PRIMARY KEY,
    team_id int,
    day_of_week varchar(10),
    start_time time,
    end_time time,
    location varchar(255),
    league_id int,
    created_at timestamptz DEFAULT now(),
    UNIQUE (team_id, day_of_week, start_time, end_time, location)
);

CREATE TABLE captain_messages (
    id serial PRIMARY KEY,
    team_id int NOT NULL REFERENCES teams (id),
    captain_user_id int NOT NULL REFERENCES users (id),
    message text NOT NULL,
    created_at timestamptz DEFAULT now()
);

CREATE TABLE polls (
    id serial PRIMARY KEY,
    team_id int,
    created_by int REFERENCES users (id),
    question text NOT NULL,
    created_at timestamptz DEFAULT now()
);

CREATE TABLE poll_choices (
    id serial PRIMARY KEY,
    poll_id int NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    choice_text text NOT NULL
);

CREATE TABLE poll_responses (
    id serial PRIMARY KEY,
    poll_id int NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    choice_id int NOT NULL REFERENCES poll_choices (id) ON DELETE CASCADE,
    player_id int NOT NULL REFERENCES players (id),
    responded_at timestamptz DEFAULT now(),
    UNIQUE (poll_id, player_id)
);

CREATE TABLE player_availability (
    id serial PRIMARY KEY,
    player_id int REFERENCES players (id),
    user_id int REFERENCES users (id),
    match_date timestamptz NOT NULL,
    availability_status int NOT NULL,
    series_id int REFERENCES series (id),
    notes text,
    updated_at timestamptz DEFAULT now()
);

CREATE TABLE user_instructions (
    id serial PRIMARY KEY,
    user_email varchar(255) NOT NULL,
    instruction text NOT NULL,
    team_id int REFERENCES teams (id),
    is_active bool DEFAULT true,
    created_at timestamptz DEFAULT now()
);

CREATE TABLE activity_log (
    id serial PRIMARY KEY,
    user_id int REFERENCES users (id),
    team_id int,
    action_type varchar(255) NOT NULL,
    description text,
    created_at timestamptz DEFAULT now()
);

CREATE TABLE pickup_games (
    id serial PRIMARY KEY,
    description text NOT NULL,
    game_date date NOT NULL,
    game_time time NOT NULL,
    players_requested int NOT NULL DEFAULT 4,
    series_low int REFERENCES series (id),
    series_high int REFERENCES series (id),
    club_id int REFERENCES clubs (id),
    creator_user_id int REFERENCES users (id),
    created_at timestamptz DEFAULT now()
);

CREATE TABLE groups (
    id serial PRIMARY KEY,
    name varchar(255) NOT NULL,
    description text,
    creator_user_id int NOT NULL REFERENCES users (id),
    created_at timestamptz DEFAULT now()
);

CREATE TABLE group_members (
    id serial PRIMARY KEY,
    group_id int NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id int NOT NULL REFERENCES users (id),
    added_at timestamptz DEFAULT now(),
    UNIQUE (group_id, user_id)
);
