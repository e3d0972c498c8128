// Checks checkpoints and proofs of ours with what others wrote: golang.org/x/mod (the Go checksum database) and transparency-dev.
//
// It reads one JSON object on standard input and writes what each of them found as another.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index  int64    `json:"index"`
	Leaf   []byte   `json:"leaf"`
	Hashes [][]byte `json:"hashes"`
}

type consistency struct {
	Old    int64    `json:"old"`
	Root   []byte   `json:"root"`
	Hashes [][]byte `json:"hashes"`
}

type asked struct {
	Note        string        `json:"note"`
	Log         string        `json:"log"`
	Witnesses   []string      `json:"witnesses"`
	Inclusions  []inclusion   `json:"inclusions"`
	Consistency []consistency `json:"consistency"`
	Tiles       *served       `json:"tiles"`
}

func check(in asked) error {
	logKey, err := note.NewVerifier(in.Log)
	if err != nil {
		return fmt.Errorf("the key of the log: %w", err)
	}
	var witnesses []note.Verifier
	for _, vkey := range in.Witnesses {
		witness, err := fnote.NewVerifierForCosignatureV1(vkey)
		if err != nil {
			return fmt.Errorf("the key of a witness: %w", err)
		}
		witnesses = append(witnesses, witness)
	}
	checkpoint, _, signed, err := log.ParseCheckpoint([]byte(in.Note), logKey.Name(), logKey, witnesses...)
	if err != nil {
		return fmt.Errorf("the checkpoint: %w", err)
	}
	if got := len(signed.Sigs) - 1; got != len(in.Witnesses) {
		return fmt.Errorf("%d of %d cosignatures", got, len(in.Witnesses))
	}
	// The same once more, by the code of the Go checksum database: its text of a tree is another, so the tree is handed over.
	tree := tlog.Tree{N: int64(checkpoint.Size)}
	copy(tree.Hash[:], checkpoint.Hash)
	for _, in := range in.Inclusions {
		leaf := rfc6962.DefaultHasher.HashLeaf(in.Leaf)
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(in.Index), checkpoint.Size, leaf, in.Hashes, checkpoint.Hash); err != nil {
			return fmt.Errorf("inclusion of %d: %w", in.Index, err)
		}
		if err := tlog.CheckRecord(hashes(in.Hashes), tree.N, tree.Hash, in.Index, tlog.RecordHash(in.Leaf)); err != nil {
			return fmt.Errorf("record %d: %w", in.Index, err)
		}
	}
	for _, in := range in.Consistency {
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(in.Old), checkpoint.Size, in.Hashes, in.Root, checkpoint.Hash); err != nil {
			return fmt.Errorf("consistency with %d: %w", in.Old, err)
		}
		var old tlog.Hash
		copy(old[:], in.Root)
		if in.Old < tree.N {
			if err := tlog.CheckTree(hashes(in.Hashes), tree.N, tree.Hash, in.Old, old); err != nil {
				return fmt.Errorf("tree of %d: %w", in.Old, err)
			}
		} else if !bytes.Equal(old[:], tree.Hash[:]) {
			return fmt.Errorf("tree of %d has another root", in.Old)
		}
	}
	if in.Tiles != nil {
		return in.Tiles.check(tree)
	}
	return nil
}

// Proves leaves and the whole tree from served tiles: the code of the Go checksum database verifies each tile that it reads.
func (s served) check(tree tlog.Tree) error {
	reader := tlog.TileHashReader(tree, s)
	for _, in := range s.Leaves {
		if _, err := tlog.ProveRecord(tree.N, in.Index, reader); err != nil {
			return fmt.Errorf("record %d from tiles: %w", in.Index, err)
		}
		found, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, in.Index)})
		if err != nil {
			return fmt.Errorf("leaf %d from tiles: %w", in.Index, err)
		}
		if found[0] != tlog.RecordHash(in.Leaf) {
			return fmt.Errorf("leaf %d is another one in its tile", in.Index)
		}
	}
	for _, old := range s.Older {
		if _, err := tlog.ProveTree(tree.N, old, reader); err != nil {
			return fmt.Errorf("tree of %d from tiles: %w", old, err)
		}
	}
	return nil
}

// A log that serves its tiles below a prefix, as C2SP tlog-tiles says, and what is to be proved from them.
type served struct {
	Prefix string      `json:"prefix"`
	Leaves []inclusion `json:"leaves"`
	Older  []int64     `json:"older"`
}

func (served) Height() int { return 8 }

func (served) SaveTiles([]tlog.Tile, [][]byte) {}

func (s served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// The Go checksum database has the height in the path too.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		response, err := http.Get(s.Prefix + path)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s: %s", path, response.Status, body)
		}
		all = append(all, body)
	}
	return all, nil
}

func hashes(all [][]byte) []tlog.Hash {
	var out []tlog.Hash
	for _, each := range all {
		var hash tlog.Hash
		copy(hash[:], each)
		out = append(out, hash)
	}
	return out
}

func main() {
	var all []asked
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	found := []string{}
	for _, each := range all {
		if err := check(each); err != nil {
			found = append(found, err.Error())
		} else {
			found = append(found, "good")
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(found)
}
