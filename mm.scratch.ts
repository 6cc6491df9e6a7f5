import { instantiateKernels } from '#compile/simd/kernel-module.ts';
const memory = new WebAssembly.Memory({ initial: 512, maximum: 512 });
const k = instantiateKernels('exact', memory) as any;
for (let i=0;i<20000;i++) k.matmul(1048576, 2097152, 3145728, 64,64,64,64,64,64,0,1,4194304*2);
