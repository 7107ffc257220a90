// What a watch over bars and clocks can find: a closed list, told in `data_checked`.

export type DataFinding = "missing" | "late" | "duplicate" | "revised" | "unfinished" | "out_of_order" | "absurd" | "sequence_gap" | "clock_step";
