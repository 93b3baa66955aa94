package access

// Summaries says in a few words for each permission what it lets people do, for those who make roles of them.
type Summaries map[Permission]string
